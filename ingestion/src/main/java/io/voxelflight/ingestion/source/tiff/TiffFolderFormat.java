package io.voxelflight.ingestion.source.tiff;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.blockio.fetch.LocalStore;
import io.voxelflight.ingestion.source.SourceFormat;
import io.voxelflight.ingestion.source.SourceOptions;
import io.voxelflight.ingestion.source.VolumeSource;
import io.voxelflight.ingestion.source.array.SourceFile;
import io.voxelflight.model.Axis;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A folder of single-page TIFF files, one a slice, in natural order of their names. Other files are left alone. */
public final class TiffFolderFormat implements SourceFormat {
    private static final int OPEN_FILES = 64;

    @Override
    public String name() {
        return "folder of TIFF slices";
    }

    @Override
    public boolean recognises(Path path) {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (Stream<Path> children = Files.list(path)) {
            return children.anyMatch(TiffFolderFormat::isSlice);
        } catch (IOException e) {
            throw unavailable(path, e);
        }
    }

    @Override
    public VolumeSource open(Path path, SourceOptions options) {
        List<String> names = new ArrayList<>();
        int others = 0;
        try (Stream<Path> children = Files.list(path)) {
            for (Path child : (Iterable<Path>) children::iterator) {
                if (isSlice(child)) {
                    names.add(String.valueOf(child.getFileName()));
                } else {
                    others++;
                }
            }
        } catch (IOException e) {
            throw unavailable(path, e);
        }
        names.sort(new NaturalOrder());
        LocalStore store = new LocalStore(path, OPEN_FILES);
        try {
            Pages pages = new Pages();
            for (String name : names) {
                add(pages, SourceFile.in(store, name));
            }
            ObjectNode metadata = JsonNodeFactory.instance.objectNode();
            metadata.put("first_file", names.get(0));
            metadata.put("last_file", names.get(names.size() - 1));
            if (others > 0) {
                metadata.put("other_files", others);
            }
            StackAxes axes = new StackAxes(
                    "plain", List.of(Axis.Z), new long[] {names.size()}, null, null, metadata.objectNode());
            return TiffStack.open(name(), path.toString(), pages, axes, metadata, options, store::close);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static void add(Pages pages, SourceFile file) {
        byte[] head = file.bytes(0, 4, "the TIFF header").array();
        if (!TiffFile.hasMagic(head)) {
            throw file.corrupt("it is named like a TIFF file but is none");
        }
        TiffFile tiff = new TiffFile(file);
        int id = pages.addFile(tiff);
        int[] count = new int[1];
        tiff.walk(ifd -> {
            if (count[0] > 0 && (ifd.number(PageLayout.NEW_SUBFILE_TYPE, 0) & 1) != 0) {
                return true; // a thumbnail is no page
            }
            if (++count[0] == 1) {
                pages.add(id, ifd);
            }
            return count[0] == 1;
        });
        if (count[0] == 0) {
            throw file.corrupt("it has no page");
        }
        if (count[0] > 1) {
            throw file.unsupported("it has more than one page, but the files of a folder of slices have one each:"
                    + " ingest such a file by itself");
        }
    }

    private static boolean isSlice(Path path) {
        String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
        return !name.startsWith(".") && (name.endsWith(".tif") || name.endsWith(".tiff")) && Files.isRegularFile(path);
    }

    private static ServiceException unavailable(Path path, IOException e) {
        return new ServiceException(
                ErrorCode.UNAVAILABLE, "folder " + path + " cannot be listed: " + e.getMessage(), e);
    }
}
