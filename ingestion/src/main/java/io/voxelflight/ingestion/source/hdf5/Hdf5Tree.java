package io.voxelflight.ingestion.source.hdf5;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Link;
import io.jhdf.api.Node;
import io.jhdf.exceptions.HdfException;
import io.jhdf.exceptions.HdfInvalidPathException;
import io.voxelflight.ingestion.source.array.SourceFile;
import io.voxelflight.ingestion.source.array.StoredShape;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the dataset to read among the groups of a file. */
final class Hdf5Tree {
    /** Nodes looked at before giving up: then the user must say which. */
    private static final int MAX_NODES = 20_000;

    private static final int LISTED = 20;

    private final SourceFile file;
    private final HdfFile hdf;

    Hdf5Tree(SourceFile file, HdfFile hdf) {
        this.file = file;
        this.hdf = hdf;
    }

    /** The dataset of this path; without a path the only numeric one of three or more dimensions. */
    Dataset find(@Nullable String path) {
        return path == null ? only() : at(path);
    }

    private Dataset only() {
        List<Dataset> volumes = volumes();
        if (volumes.size() == 1) {
            return volumes.get(0);
        }
        if (volumes.isEmpty()) {
            throw new ServiceException(
                    ErrorCode.NOT_FOUND, file + " has no numeric dataset of three or more dimensions" + others());
        }
        throw new ServiceException(
                ErrorCode.INVALID_ARGUMENT,
                file + " has " + volumes.size() + " volumes, say which with --dataset: " + list(volumes));
    }

    private Dataset at(String path) {
        Node node;
        try {
            node = path.equals("/") ? hdf : hdf.getByPath(path);
        } catch (HdfInvalidPathException e) {
            throw new ServiceException(
                    ErrorCode.NOT_FOUND, file + " has no dataset '" + path + "'; it has: " + list(volumes()), e);
        }
        if (node instanceof Link link) {
            node = link.getTarget();
        }
        if (node.getHdfFile() != hdf) {
            throw file.unsupported("dataset '" + path + "' is a link to another file, "
                    + node.getHdfFile().getName() + ": ingest that file");
        }
        if (node instanceof Dataset dataset) {
            return dataset;
        }
        throw new ServiceException(
                ErrorCode.INVALID_ARGUMENT,
                file + ": '" + path + "' is a group, not a dataset; the file has: " + list(volumes()));
    }

    private List<Dataset> volumes() {
        List<Dataset> volumes = new ArrayList<>();
        visit(dataset -> {
            if (dataset.getDimensions().length >= 3 && Hdf5Type.of(dataset.getDataType()) != null) {
                volumes.add(dataset);
            }
        });
        return volumes;
    }

    private String others() {
        List<Dataset> all = new ArrayList<>();
        visit(all::add);
        return all.isEmpty() ? "" : "; it has: " + list(all);
    }

    private interface Visitor {
        void visit(Dataset dataset);
    }

    private void visit(Visitor visitor) {
        Deque<Group> groups = new ArrayDeque<>(List.of(hdf));
        Set<Long> seen = new HashSet<>();
        int nodes = 0;
        while (!groups.isEmpty()) {
            for (Node child : groups.poll().getChildren().values()) {
                if (++nodes > MAX_NODES) {
                    throw new ServiceException(
                            ErrorCode.INVALID_ARGUMENT,
                            file + " has more than " + MAX_NODES + " groups and datasets: say which with --dataset");
                }
                if (child.isLink() || !seen.add(child.getAddress())) {
                    continue; // a link leads to what is found elsewhere, or to another file
                }
                if (child instanceof Group group) {
                    groups.add(group);
                } else if (child instanceof Dataset dataset) {
                    visitor.visit(dataset);
                }
            }
        }
    }

    private static String list(List<Dataset> datasets) {
        List<String> names = new ArrayList<>();
        for (Dataset dataset : datasets) {
            if (names.size() == LISTED) {
                names.add("and " + (datasets.size() - LISTED) + " more");
                break;
            }
            Hdf5Type type = Hdf5Type.of(dataset.getDataType());
            names.add(dataset.getPath() + " ("
                    + StoredShape.shape(Arrays.stream(dataset.getDimensions())
                            .asLongStream()
                            .toArray())
                    + " "
                    + (type == null
                            ? Hdf5Type.describe(dataset.getDataType())
                            : type.element().numpyName())
                    + ")");
        }
        return names.isEmpty() ? "no dataset" : String.join(", ", names);
    }

    /** For messages: jHDF's own words, on one line, with the reason behind them. */
    static String reason(Throwable failure) {
        StringBuilder text = new StringBuilder();
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 4; depth++, cause = cause.getCause()) {
            String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            if (text.indexOf(message) < 0) {
                text.append(text.length() == 0 ? "" : ": ").append(message);
            }
        }
        String line = text.toString().replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return line.length() <= 400 ? line : line.substring(0, 400) + "...";
    }

    static boolean isUnsupported(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof io.jhdf.exceptions.UnsupportedHdfException) {
                return true;
            }
            if (!(cause instanceof HdfException) && cause.getCause() == cause) {
                return false;
            }
        }
        return false;
    }
}
