package io.voxelflight.flight.measure;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.catalog.api.ChunkIndex;
import io.voxelflight.catalog.api.ChunkRow;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.flight.access.Caller;
import io.voxelflight.flight.plan.OpenLevel;
import io.voxelflight.flight.plan.Planner;
import io.voxelflight.model.Axis;
import io.voxelflight.model.Box;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Point;
import io.voxelflight.model.ServiceException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Measures boxes of datasets, a bounded number of them at once. Safe for use by many threads. */
public final class Measurements implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Measurements.class);
    private static final long LONGEST_VOXEL = 8;
    private static final long PATIENCE_SECONDS = 30;
    private static final Pattern NANS = Pattern.compile("\"nan\"\\s*:\\s*(\\d+)");

    private final Planner planner;
    private final ChunkIndex index;
    private final MeasureLimits limits;
    private final BufferAllocator memory;
    private final Semaphore places;
    private final Set<Cancellation> running = ConcurrentHashMap.newKeySet();

    /** @param parent a child of it accounts for the voxels that are looked at */
    public Measurements(Planner planner, ChunkIndex index, BufferAllocator parent, MeasureLimits limits) {
        this.planner = planner;
        this.index = index;
        this.limits = limits;
        long piece = (long) VoxelScan.SIDE * VoxelScan.SIDE * VoxelScan.SIDE * LONGEST_VOXEL;
        this.memory = parent.newChildAllocator("measure", 0, 2L * limits.atOnce() * piece);
        this.places = new Semaphore(limits.atOnce(), true);
    }

    /** Of a histogram. */
    int mostBins() {
        return limits.bins();
    }

    @FunctionalInterface
    private interface Work {
        void fill(ObjectNode answer, Dataset dataset, Level level, Box box, VoxelScan scan);
    }

    /**
     * Statistics of a box, and a histogram if bins are asked for.
     *
     * @throws ServiceException NOT_FOUND; INVALID_ARGUMENT; RESOURCE_EXHAUSTED; TIMED_OUT; CANCELLED; what reading throws
     */
    public ObjectNode statistics(MeasureRequest request, Caller caller, Cancellation cancellation) {
        if (request.bins() > limits.bins()) {
            throw MeasureRequest.invalid("bins " + request.bins() + " are too many: at most " + limits.bins());
        }
        return measure(request, caller, cancellation, (answer, dataset, level, box, scan) -> {
            MeasureRequest.Range range = request.range();
            Histogram counted = range == null ? null : new Histogram(request.bins(), range.low(), range.high());
            Moments moments = moments(dataset, level, box, scan, counted);
            answer.put("voxels", box.extent().voxels());
            answer.put("count", moments.count);
            answer.put("nan", moments.nan);
            answer.put("nonzero", moments.nonzero);
            number(answer, "min", moments.minimum());
            number(answer, "max", moments.maximum());
            number(answer, "mean", moments.count == 0 ? null : moments.mean);
            number(answer, "stddev", moments.count == 0 ? null : moments.stddev());
            if (request.bins() > 0) {
                put(answer, counted == null ? histogram(request.bins(), moments, box, scan) : counted);
            }
        });
    }

    /**
     * The smallest box around the voxels above a threshold.
     *
     * @throws ServiceException as {@link #statistics} does
     */
    public ObjectNode bounds(MeasureRequest request, Caller caller, Cancellation cancellation) {
        return measure(request, caller, cancellation, (answer, dataset, level, box, scan) -> {
            answer.put("threshold", request.threshold());
            Box found = bounds(dataset, level, box, scan, request.threshold()).box();
            if (found == null) {
                answer.putNull("bbox");
            } else {
                put(answer.putObject("bbox"), found);
            }
        });
    }

    private ObjectNode measure(MeasureRequest request, Caller caller, Cancellation cancellation, Work work) {
        Dataset dataset = planner.find(request.dataset(), caller);
        Level level = Planner.level(dataset, request.level());
        Box whole = Box.of(level.extent());
        Box box = request.box() == null ? whole : request.box();
        if (!whole.contains(box)) {
            throw MeasureRequest.invalid("box " + box + " reaches out of dataset '" + dataset.name() + "', whose level "
                    + level.level() + " has " + level.extent() + " voxels (t, c, z, y, x)");
        }
        takePlace();
        running.add(cancellation);
        try (OpenLevel open = planner.open(dataset, level)) {
            VoxelScan scan = new VoxelScan(open.array(), memory, limits, cancellation);
            ObjectNode answer = JsonNodeFactory.instance.objectNode();
            answer.put("dataset", dataset.name().value());
            answer.put("level", level.level());
            put(answer.putObject("box"), box);
            work.fill(answer, dataset, level, box, scan);
            answer.put("voxels_read", scan.voxels());
            return answer;
        } finally {
            running.remove(cancellation);
            places.release();
        }
    }

    private void takePlace() {
        try {
            if (!places.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new ServiceException(
                        ErrorCode.RESOURCE_EXHAUSTED,
                        limits.atOnce() + " measurements run already: try again in " + PATIENCE_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServiceException(ErrorCode.CANCELLED, "the server is stopping", e);
        }
    }

    private Moments moments(Dataset dataset, Level level, Box box, VoxelScan scan, @Nullable Histogram histogram) {
        Moments moments = new Moments(dataset.elementType());
        ChunkRows chunks = new ChunkRows(level, box, limits);
        if (moments.takesRows() && histogram == null) {
            chunks.read(index, dataset, level, row -> {
                scan.check();
                Box chunk = ChunkRows.boxOf(row);
                if (!box.contains(chunk)) {
                    return false;
                }
                moments.add(row, chunk.extent().voxels(), nans(row));
                return true;
            });
        }
        chunks.others(part -> scan.scan(part, (first, row, count) -> {
            moments.add(row, count);
            if (histogram != null) {
                histogram.add(row, count);
            }
        }));
        return moments;
    }

    private static Histogram histogram(int bins, Moments moments, Box box, VoxelScan scan) {
        double low = moments.count == 0 ? 0 : moments.min;
        double high = moments.count == 0 ? 1 : moments.max;
        if (!Double.isFinite(low) || !Double.isFinite(high)) {
            throw MeasureRequest.invalid(
                    "the values reach from " + low + " to " + high + ": say the histogram's range");
        }
        Histogram histogram = new Histogram(bins, low, high);
        if (moments.count > 0) {
            scan.scan(box, (first, row, count) -> histogram.add(row, count));
        }
        return histogram;
    }

    private Bounds bounds(Dataset dataset, Level level, Box box, VoxelScan scan, double threshold) {
        Bounds bounds = new Bounds(dataset.elementType(), threshold);
        boolean wide = VoxelRow.isWide(dataset.elementType());
        boolean nonzero = threshold == 0 && dataset.elementType().isUnsigned();
        ChunkRows chunks = new ChunkRows(level, box, limits);
        chunks.read(index, dataset, level, row -> {
            scan.check();
            Double max = row.max();
            // the index has doubles, to which wide integers were rounded: then equal may be above
            if (max == null || (wide ? max < threshold : max <= threshold)) {
                return true; // nothing of it is above
            }
            Box inner = row.nonzeroBox();
            if (nonzero && inner != null && box.contains(inner)) {
                bounds.add(inner);
                return true;
            }
            return false;
        });
        List<Box> rest = new ArrayList<>();
        chunks.others(rest::add);
        // from outside inwards: what lies at the rim makes the box large, and what lies within it need not be read
        rest.sort(Comparator.comparingLong(part -> toRim(part, box)));
        for (Box part : rest) {
            scan.check();
            if (bounds.wants(part)) {
                scan.scan(part, bounds::add);
            }
        }
        return bounds;
    }

    private static long toRim(Box part, Box box) {
        long least = Long.MAX_VALUE;
        for (Axis axis : Axis.values()) {
            if (box.stop().along(axis) - box.start().along(axis) > 1) {
                least = Math.min(least, part.start().along(axis) - box.start().along(axis));
                least = Math.min(least, box.stop().along(axis) - part.stop().along(axis));
            }
        }
        return least;
    }

    private static long nans(ChunkRow row) {
        Matcher found = NANS.matcher(row.attrsJson());
        return found.find() ? Long.parseLong(found.group(1)) : 0;
    }

    private static void number(ObjectNode answer, String name, @Nullable Number value) {
        if (value instanceof Double real
                && Double.isFinite(real)
                && real == Math.rint(real)
                && Math.abs(real) < 0x1p53
                && !name.equals("mean")
                && !name.equals("stddev")) {
            answer.put(name, real.longValue()); // integers look like integers
        } else if (value instanceof Double real) {
            answer.put(name, real);
        } else if (value instanceof BigInteger large) {
            answer.put(name, large);
        } else if (value instanceof Long whole) {
            answer.put(name, whole);
        } else {
            answer.putNull(name);
        }
    }

    private static void put(ObjectNode answer, Histogram histogram) {
        ObjectNode node = answer.putObject("histogram");
        ArrayNode edges = node.putArray("edges");
        for (double edge : histogram.edges) {
            edges.add(edge);
        }
        ArrayNode counts = node.putArray("counts");
        for (long count : histogram.counts) {
            counts.add(count);
        }
    }

    private static void put(ObjectNode node, Box box) {
        put(node.putArray("start"), box.start());
        put(node.putArray("stop"), box.stop());
    }

    private static void put(ArrayNode corner, Point point) {
        corner.add(point.t()).add(point.c()).add(point.z()).add(point.y()).add(point.x());
    }

    /** Cancels what runs, waits for its end, and gives everything back. No further request must come. */
    @Override
    public void close() {
        running.forEach(Cancellation::cancel);
        try {
            if (!places.tryAcquire(limits.atOnce(), PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                log.warn("some measurements did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        memory.close();
    }
}
