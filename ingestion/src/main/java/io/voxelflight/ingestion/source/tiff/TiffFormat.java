package io.voxelflight.ingestion.source.tiff;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.ingestion.source.FirstBytes;
import io.voxelflight.ingestion.source.SourceFormat;
import io.voxelflight.ingestion.source.SourceOptions;
import io.voxelflight.ingestion.source.VolumeSource;
import io.voxelflight.ingestion.source.array.SourceFile;
import io.voxelflight.ingestion.source.array.StoredShape;
import io.voxelflight.model.Axis;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One TIFF file whose pages make a volume: plain, ImageJ's, OME's or tifffile's. */
public final class TiffFormat implements SourceFormat {
    private static final int REDUCED_IMAGE = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String name() {
        return "TIFF";
    }

    @Override
    public boolean recognises(Path path) {
        return TiffFile.hasMagic(FirstBytes.of(path).first(4));
    }

    @Override
    public VolumeSource open(Path path, SourceOptions options) {
        SourceFile file = SourceFile.open(path);
        try {
            return open(file, options);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private VolumeSource open(SourceFile file, SourceOptions options) {
        TiffFile tiff = new TiffFile(file);
        Ifd[] first = new Ifd[1];
        tiff.walk(ifd -> {
            first[0] = ifd;
            return false;
        });
        if (first[0] == null) {
            throw file.corrupt("it has no pages");
        }
        String text = first[0].text(PageLayout.DESCRIPTION);
        Pages pages = new Pages();
        int id = pages.addFile(tiff);
        int[] skipped = new int[1];
        long images = rawImages(file, tiff, first[0], text);
        if (images > 1) {
            addRawStack(tiff, pages, id, first[0], images);
        } else {
            tiff.walk(ifd -> {
                boolean thumbnail = ifd.page() > 0
                        && (ifd.number(PageLayout.NEW_SUBFILE_TYPE, 0) & REDUCED_IMAGE) != 0
                        && !OmeXml.is(text);
                if (thumbnail) {
                    skipped[0]++;
                } else {
                    pages.add(id, ifd);
                }
                return true;
            });
        }
        StackAxes axes = axes(file, options, pages, first[0], text);
        ObjectNode metadata = JsonNodeFactory.instance.objectNode();
        metadata.put("writer", axes.writer());
        if (skipped[0] > 0) {
            metadata.put("thumbnails_skipped", skipped[0]);
        }
        String software = first[0].text(PageLayout.SOFTWARE);
        if (software != null && !software.isBlank()) {
            metadata.put("software", software.strip());
        }
        if (!axes.metadata().isEmpty()) {
            metadata.set("description", axes.metadata());
        }
        return TiffStack.open(name(), file.toString(), pages, axes, metadata, options, file::close);
    }

    /**
     * The images of a stack over 4 GB that ImageJ or tifffile wrote: one directory, and all images behind its own. 1 if it
     * is no such stack.
     */
    private static long rawImages(SourceFile file, TiffFile tiff, Ifd first, @Nullable String text) {
        if (first.next() != 0 || first.number(PageLayout.COMPRESSION, 1) != 1) {
            return 1;
        }
        ImageJDescription imageJ = ImageJDescription.of(text);
        if (imageJ != null) {
            return imageJ.images(file);
        }
        JsonNode shaped = shaped(text);
        if (shaped != null && shaped.path("truncated").asBoolean()) {
            PageLayout layout = PageLayout.of(tiff, first);
            long images = 1;
            for (int i = 0; i + 2 < shaped.path("shape").size(); i++) {
                images = Math.min(
                        Integer.MAX_VALUE,
                        images * Math.max(1, shaped.path("shape").get(i).asLong()));
            }
            return layout.isRaw() ? images : 1;
        }
        return 1;
    }

    private static void addRawStack(TiffFile tiff, Pages pages, int id, Ifd first, long images) {
        PageLayout layout = PageLayout.of(tiff, first);
        long start = first.number(PageLayout.STRIP_OFFSETS, 0);
        long size = layout.height() * layout.width() * layout.type().bytes();
        String what = "the " + images + " images of " + layout.describe() + " that its description promises";
        if (start == 0 || images > Integer.MAX_VALUE || size > Long.MAX_VALUE / images) {
            throw tiff.file().corrupt(what + " cannot be in it");
        }
        tiff.file().requireInside(start, size * images, what);
        for (long i = 0; i < images; i++) {
            pages.addRaw(id, start + i * size, layout);
        }
    }

    private static StackAxes axes(
            SourceFile file, SourceOptions options, Pages pages, Ifd first, @Nullable String text) {
        StackAxes axes = described(file, options, pages, first, text);
        List<Axis> asked = options.axes();
        if (asked != null && asked.size() == 3) { // the caller knows better: all pages along one axis
            return new StackAxes(
                    axes.writer(),
                    List.of(asked.get(0)),
                    new long[] {pages.count()},
                    null,
                    axes.voxelSize(),
                    axes.metadata());
        }
        if (axes.pages() == null && axes.places() != pages.count()) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    file + " has " + pages.count() + " pages, but its description (" + axes.writer() + ") speaks of "
                            + StoredShape.shape(axes.lengths())
                            + ": to take all pages as slices name the axes (--axes zyx)");
        }
        return axes;
    }

    private static StackAxes described(
            SourceFile file, SourceOptions options, Pages pages, Ifd first, @Nullable String text) {
        ImageJDescription imageJ = ImageJDescription.of(text);
        if (imageJ != null) {
            return imageJ.axes(
                    file, pages.count(), first.ratio(PageLayout.X_RESOLUTION), first.ratio(PageLayout.Y_RESOLUTION));
        }
        if (text != null && OmeXml.is(text)) {
            OmeXml ome = OmeXml.parse(file, text);
            StackAxes axes = ome.axes(options.dataset(), pages.count());
            PageLayout layout = pages.layout(axes.pages() == null ? 0 : axes.pages()[0]);
            String claimed = ome.describe(options.dataset());
            if (!claimed.equals(layout.width() + "x" + layout.height())) {
                throw file.corrupt("its OME-XML claims pages of " + claimed + ", they have " + layout.width() + "x"
                        + layout.height());
            }
            return axes;
        }
        StackAxes shaped = shapedAxes(pages, text);
        return shaped != null
                ? shaped
                : new StackAxes(
                        "plain",
                        List.of(Axis.Z),
                        new long[] {pages.count()},
                        null,
                        null,
                        JsonNodeFactory.instance.objectNode());
    }

    /** tifffile's description, such as {@code {"shape": [3, 40, 512, 512]}}, if it fits the pages. */
    private static @Nullable StackAxes shapedAxes(Pages pages, @Nullable String text) {
        JsonNode shaped = shaped(text);
        if (shaped == null) {
            return null;
        }
        JsonNode shape = shaped.path("shape");
        PageLayout layout = pages.layout(0);
        int rank = shape.size();
        if (rank < 3
                || rank > 5
                || shape.get(rank - 2).asLong() != layout.height()
                || shape.get(rank - 1).asLong() != layout.width()) {
            return null;
        }
        List<Axis> axes = StoredShape.parseAxes(shaped.path("axes").asText("?"));
        if (axes == null || axes.size() != rank || axes.get(rank - 1) != Axis.X || axes.get(rank - 2) != Axis.Y) {
            if (rank == 3) {
                return null; // says no more than the pages
            }
            axes = List.of(Axis.values()).subList(5 - rank, 5);
        }
        long[] lengths = new long[rank - 2];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = Math.max(1, shape.get(i).asLong());
        }
        return new StackAxes(
                "tifffile",
                axes.subList(0, rank - 2),
                lengths,
                null,
                null,
                JsonNodeFactory.instance.objectNode().set("shape", shape));
    }

    private static @Nullable JsonNode shaped(@Nullable String text) {
        if (text == null || !text.startsWith("{\"shape\":")) {
            return null;
        }
        try {
            JsonNode json = JSON.readTree(text);
            return json.path("shape").isArray() ? json : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
