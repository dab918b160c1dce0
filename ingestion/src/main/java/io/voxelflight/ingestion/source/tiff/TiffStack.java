package io.voxelflight.ingestion.source.tiff;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.ingestion.source.SourceDescription;
import io.voxelflight.ingestion.source.SourceOptions;
import io.voxelflight.ingestion.source.VolumeSource;
import io.voxelflight.ingestion.source.array.ChunkedVolume;
import io.voxelflight.ingestion.source.array.StoredShape;
import io.voxelflight.model.Axis;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Puts pages and axes together to a volume. */
final class TiffStack {
    private TiffStack() {}

    /** @param what names the source in messages */
    static VolumeSource open(
            String format,
            String what,
            Pages pages,
            StackAxes axes,
            ObjectNode metadata,
            SourceOptions options,
            Runnable closing) {
        int[] order = axes.pages();
        if (order == null) {
            order = new int[pages.count()];
            for (int i = 0; i < order.length; i++) {
                order[i] = i;
            }
        }
        if (order.length == 1 && options.axes() == null) {
            PageLayout only = pages.layout(order[0]);
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    what + " has one page of " + only.describe()
                            + ": a volume needs several; for slices in single files give their folder");
        }
        pages.requireAlike(order);
        PageLayout first = pages.layout(order[0]);
        long unitBytes = 1;
        for (int page : order) {
            PageLayout layout = pages.layout(page);
            if (!layout.isRaw()) {
                unitBytes = Math.max(
                        unitBytes,
                        ChunkedVolume.unitBytes(
                                "a " + (layout.tiled() ? "tile" : "strip") + " of " + what,
                                new long[] {layout.unitHeight(), layout.unitWidth()},
                                layout.type().bytes()));
            }
        }
        StoredShape shape = shape(what, axes, first, options);
        metadata.put("axes", shape.letters());
        metadata.put("pages", pages.count());
        metadata.put("compression", first.compression().title());
        if (first.predictor() != 1) {
            metadata.put("predictor", first.predictor());
        }
        if (pages.tiff(order[0]).isBig()) {
            metadata.put("bigtiff", true);
        }
        long[] unit = new long[shape.rank()];
        Arrays.fill(unit, 1);
        unit[unit.length - 2] = first.isRaw() && !first.tiled() ? 1 : first.unitHeight();
        unit[unit.length - 1] = first.unitWidth();
        return new TiffVolume(
                new SourceDescription(
                        format,
                        shape.extent(),
                        shape.canonicalAxes(),
                        first.type(),
                        axes.voxelSize(),
                        null,
                        ChunkedVolume.readUnit(shape, unit),
                        pages.fileBytes(),
                        metadata),
                shape,
                pages,
                order,
                (int) unitBytes,
                options.cacheBytes(),
                closing);
    }

    /** Axes of length 1 that the description speaks of are left out, except z. */
    private static StoredShape shape(String what, StackAxes axes, PageLayout page, SourceOptions options) {
        List<Axis> named = new ArrayList<>();
        List<Long> lengths = new ArrayList<>();
        for (int i = 0; i < axes.axes().size(); i++) {
            if (axes.lengths()[i] > 1 || axes.axes().get(i) == Axis.Z) {
                named.add(axes.axes().get(i));
                lengths.add(axes.lengths()[i]);
            }
        }
        if (options.axes() != null && options.axes().size() == 3 && named.isEmpty()) {
            named.add(options.axes().get(0));
            lengths.add(1L);
        }
        named.add(Axis.Y);
        named.add(Axis.X);
        lengths.add(page.height());
        lengths.add(page.width());
        return StoredShape.of(what, lengths.stream().mapToLong(Long::longValue).toArray(), named, options.axes());
    }
}
