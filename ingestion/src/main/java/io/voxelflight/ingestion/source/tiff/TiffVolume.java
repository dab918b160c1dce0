package io.voxelflight.ingestion.source.tiff;

import io.voxelflight.ingestion.source.SourceDescription;
import io.voxelflight.ingestion.source.VolumeSource;
import io.voxelflight.ingestion.source.array.Boxes;
import io.voxelflight.ingestion.source.array.RawReader;
import io.voxelflight.ingestion.source.array.Scratch;
import io.voxelflight.ingestion.source.array.StoredShape;
import io.voxelflight.ingestion.source.array.Strided;
import io.voxelflight.ingestion.source.array.UnitCache;
import io.voxelflight.model.Box;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;

/** A stack of TIFF pages, in one file or in many. */
final class TiffVolume implements VolumeSource {
    private final SourceDescription description;
    private final StoredShape shape;
    private final Pages pages;
    private final int[] order;
    private final TiffDecoder decoder;
    private final UnitCache cache;
    private final Scratch scratch = new Scratch();
    private final Runnable closing;
    private final int bytes;

    /**
     * @param shape last the pages' y and x, before them the axes along which pages lie
     * @param order the page of each place along those axes, the last of them fastest
     * @param unitBytes of the largest unit
     */
    TiffVolume(
            SourceDescription description,
            StoredShape shape,
            Pages pages,
            int[] order,
            int unitBytes,
            long cacheBytes,
            Runnable closing) {
        this.description = description;
        this.shape = shape;
        this.pages = pages;
        this.order = order.clone();
        this.decoder = new TiffDecoder(scratch);
        this.cache = new UnitCache(unitBytes, cacheBytes);
        this.closing = closing;
        this.bytes = description.elementType().bytes();
    }

    @Override
    public SourceDescription description() {
        return description;
    }

    /** How many units were decompressed since the volume was opened. */
    long decodedUnits() {
        return cache.decoded();
    }

    @Override
    public void read(Box box, ArrowBuf destination) {
        long[] size = Boxes.check(box, description.extent(), bytes, destination);
        if (box.isEmpty()) {
            return;
        }
        long[] strides = Strided.packed(size, bytes);
        List<long[]> places = places(box);
        int last = shape.rank() - 1;
        long y0 = box.start().along(shape.axis(last - 1));
        long y1 = box.stop().along(shape.axis(last - 1));
        long x0 = box.start().along(shape.axis(last));
        long x1 = box.stop().along(shape.axis(last));
        long strideY = strides[shape.axis(last - 1).ordinal()];
        long strideX = strides[shape.axis(last).ordinal()];
        for (long[] place : places) {
            int page = order[(int) place[0]];
            readPage(page, y0, y1, x0, x1, destination.memoryAddress() + place[1], strideY, strideX);
        }
    }

    /** For each page of a box its place among all pages and where it goes, in bytes from the destination's beginning. */
    private List<long[]> places(Box box) {
        long[] strides = Strided.packed(Boxes.lengths(box.extent()), bytes);
        List<long[]> places = List.of(new long[] {0, 0});
        for (int i = 0; i < shape.rank() - 2; i++) {
            List<long[]> longer = new ArrayList<>();
            long start = box.start().along(shape.axis(i));
            long stop = box.stop().along(shape.axis(i));
            for (long[] place : places) {
                for (long at = start; at < stop; at++) {
                    longer.add(new long[] {
                        place[0] * shape.length(i) + at,
                        place[1] + (at - start) * strides[shape.axis(i).ordinal()]
                    });
                }
            }
            places = longer;
        }
        return places;
    }

    private void readPage(int page, long y0, long y1, long x0, long x1, long destination, long strideY, long strideX) {
        PageLayout layout = pages.layout(page);
        long height = layout.unitHeight();
        long width = layout.unitWidth();
        for (long row = y0 / height; row * height < y1; row++) {
            for (long column = x0 / width; column * width < x1; column++) {
                long fromY = Math.max(y0, row * height);
                long toY = Math.min(y1, (row + 1) * height);
                long fromX = Math.max(x0, column * width);
                long toX = Math.min(x1, (column + 1) * width);
                readUnit(
                        page,
                        layout,
                        row,
                        column,
                        new long[] {1, 1, 1, toY - fromY, toX - fromX},
                        (fromY - row * height) * width + fromX - column * width,
                        destination + (fromY - y0) * strideY + (fromX - x0) * strideX,
                        new long[] {0, 0, 0, strideY, strideX});
            }
        }
    }

    /**
     * @param size of the part of the unit that is wanted
     * @param first its first element within the unit
     */
    private void readUnit(
            int page,
            PageLayout layout,
            long row,
            long column,
            long[] size,
            long first,
            long destination,
            long[] strides) {
        int unit = (int) (row * layout.across() + column);
        long position = pages.position(page, unit);
        if (position == 0) {
            Strided.fill(destination, strides, size, new byte[bytes]);
            return;
        }
        long[] unitStrides = {0, 0, 0, layout.unitWidth() * bytes, bytes};
        if (layout.isRaw()) {
            new RawReader(pages.file(page), bytes, layout.bigEndian(), scratch)
                    .read(position + first * bytes, unitStrides, destination, strides, size);
            return;
        }
        long expected = layout.expectedBytes(row);
        try (UnitCache.Lease lease = cache.acquire(
                (long) page << 32 | unit,
                slot -> decoder.decode(
                        pages.file(page),
                        layout,
                        position,
                        (int) pages.size(page, unit),
                        slot.limit((int) (layout.unitHeight() * layout.unitWidth() * bytes)),
                        expected,
                        (layout.tiled() ? "tile " : "strip ") + unit + " of page " + page))) {
            Strided.copy(lease.address() + first * bytes, unitStrides, destination, strides, size, bytes);
            long inside = Math.min(layout.unitHeight(), layout.height() - row * layout.unitHeight())
                    * Math.min(layout.unitWidth(), layout.width() - column * layout.unitWidth());
            if (size[3] * size[4] == inside) {
                lease.spent();
            }
        }
    }

    @Override
    public void close() {
        decoder.close();
        closing.run();
    }
}
