package io.voxelflight.ingestion;

import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import io.voxelflight.model.HalfFloats;
import io.voxelflight.model.VolumeKind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an ingestion shall make, computed in the plainest way: voxel by voxel, with numbers of any size. Shares no code
 * with the ingestion.
 */
final class Reference {
    final Extent extent;
    final ElementType type;
    final byte[] bytes;
    private final ByteBuffer voxels;

    Reference(Extent extent, ElementType type, byte[] bytes) {
        this.extent = extent;
        this.type = type;
        this.bytes = bytes;
        this.voxels = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private int offset(long t, long c, long z, long y, long x) {
        return (int) (((((t * extent.c() + c) * extent.z() + z) * extent.y() + y) * extent.x() + x) * type.bytes());
    }

    BigInteger integer(int at) {
        BigInteger signed =
                switch (type.bytes()) {
                    case 1 -> BigInteger.valueOf(voxels.get(at));
                    case 2 -> BigInteger.valueOf(voxels.getShort(at));
                    case 4 -> BigInteger.valueOf(voxels.getInt(at));
                    default -> BigInteger.valueOf(voxels.getLong(at));
                };
        return type.isUnsigned() && signed.signum() < 0
                ? signed.add(BigInteger.ONE.shiftLeft(8 * type.bytes()))
                : signed;
    }

    double real(int at) {
        return switch (type) {
            case FLOAT16 -> HalfFloats.toFloat(voxels.getShort(at));
            case FLOAT32 -> voxels.getFloat(at);
            case FLOAT64 -> voxels.getDouble(at);
            default -> integer(at).doubleValue();
        };
    }

    /** The next coarser level. */
    Reference coarser(int stepZ, int stepY, int stepX, VolumeKind kind) {
        Extent size = new Extent(
                extent.t(),
                extent.c(),
                (extent.z() + stepZ - 1) / stepZ,
                (extent.y() + stepY - 1) / stepY,
                (extent.x() + stepX - 1) / stepX);
        Reference coarse = new Reference(size, type, new byte[(int) size.voxels() * type.bytes()]);
        for (long t = 0; t < size.t(); t++) {
            for (long c = 0; c < size.c(); c++) {
                for (long z = 0; z < size.z(); z++) {
                    for (long y = 0; y < size.y(); y++) {
                        for (long x = 0; x < size.x(); x++) {
                            List<Integer> covered = new ArrayList<>();
                            for (long dz = z * stepZ; dz < Math.min((z + 1) * stepZ, extent.z()); dz++) {
                                for (long dy = y * stepY; dy < Math.min((y + 1) * stepY, extent.y()); dy++) {
                                    for (long dx = x * stepX; dx < Math.min((x + 1) * stepX, extent.x()); dx++) {
                                        covered.add(offset(t, c, dz, dy, dx));
                                    }
                                }
                            }
                            combine(covered, kind, coarse, coarse.offset(t, c, z, y, x));
                        }
                    }
                }
            }
        }
        return coarse;
    }

    private void combine(List<Integer> covered, VolumeKind kind, Reference coarse, int to) {
        if (type.isFloat()) {
            double sum = 0;
            int numbers = 0;
            for (int at : covered) {
                if (!Double.isNaN(real(at))) {
                    sum += real(at);
                    numbers++;
                }
            }
            double mean = sum / numbers;
            switch (type) {
                case FLOAT64 -> coarse.voxels.putDouble(to, mean);
                case FLOAT32 -> coarse.voxels.putFloat(to, (float) mean);
                default -> coarse.voxels.putShort(to, nearestHalf(mean));
            }
            return;
        }
        BigInteger value;
        if (kind == VolumeKind.LABELS) {
            TreeMap<BigInteger, Integer> votes = new TreeMap<>();
            covered.forEach(at -> votes.merge(integer(at), 1, Integer::sum));
            int most = votes.values().stream().mapToInt(n -> n).max().orElseThrow();
            value = votes.entrySet().stream()
                    .filter(vote -> vote.getValue() == most)
                    .findFirst()
                    .orElseThrow()
                    .getKey();
        } else {
            BigInteger sum = covered.stream().map(this::integer).reduce(BigInteger.ZERO, BigInteger::add);
            value = new BigDecimal(sum)
                    .divide(BigDecimal.valueOf(covered.size()), 0, RoundingMode.HALF_EVEN)
                    .toBigIntegerExact();
        }
        for (int i = 0; i < type.bytes(); i++) {
            coarse.voxels.put(to + i, value.shiftRight(8 * i).byteValue());
        }
    }

    /** Tries all halves: the nearest, of two as near the one with an even last bit. */
    private static short nearestHalf(double value) {
        if (Double.isNaN(value)) {
            return HalfFloats.fromFloat(Float.NaN);
        }
        int sign = value < 0 || (value == 0 && 1 / value < 0) ? 0x8000 : 0;
        int low = 0;
        int high = 0x7bff;
        while (low < high) { // the largest half not above the value's magnitude
            int middle = (low + high + 1) / 2;
            if (HalfFloats.toFloat((short) middle) <= Math.abs(value)) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        double below = Math.abs(value) - HalfFloats.toFloat((short) low);
        double above = HalfFloats.toFloat((short) (low + 1)) - Math.abs(value);
        int nearest = below < above || (below == above && low % 2 == 0) ? low : low + 1;
        return (short) (sign | nearest);
    }

    /** Statistics of a box, as NumPy would give them, with sums of any precision. */
    record Summary(
            double min,
            double max,
            double mean,
            double stddev,
            double nonzeroFraction,
            double entropy,
            int nans,
            byte[] bytes,
            long[] nonzeroBox,
            Map<BigInteger, Integer> counts) {}

    Summary summary(long t, long c, long z0, long y0, long x0, int sizeZ, int sizeY, int sizeX) {
        ByteBuffer bytes = ByteBuffer.allocate(sizeZ * sizeY * sizeX * type.bytes());
        long[] box = {Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, -1, -1, -1};
        List<BigDecimal> numbers = new ArrayList<>();
        TreeMap<BigInteger, Integer> counts = new TreeMap<>();
        int nonzero = 0;
        int total = 0;
        for (long z = z0; z < z0 + sizeZ; z++) {
            for (long y = y0; y < y0 + sizeY; y++) {
                for (long x = x0; x < x0 + sizeX; x++) {
                    int at = offset(t, c, z, y, x);
                    bytes.put(voxels.slice(at, type.bytes()));
                    total++;
                    if (!type.isFloat()) {
                        counts.merge(integer(at), 1, Integer::sum);
                        numbers.add(new BigDecimal(integer(at)));
                    } else if (!Double.isNaN(real(at))) {
                        numbers.add(new BigDecimal(real(at)));
                    }
                    if (real(at) != 0) {
                        nonzero++;
                        box[0] = Math.min(box[0], z);
                        box[1] = Math.min(box[1], y);
                        box[2] = Math.min(box[2], x);
                        box[3] = Math.max(box[3], z + 1);
                        box[4] = Math.max(box[4], y + 1);
                        box[5] = Math.max(box[5], x + 1);
                    }
                }
            }
        }
        double entropy = 0;
        for (int count : counts.values()) {
            double share = (double) count / total;
            entropy -= share * Math.log(share) / Math.log(2);
        }
        java.math.MathContext digits = new java.math.MathContext(60);
        BigDecimal n = BigDecimal.valueOf(Math.max(1, numbers.size()));
        BigDecimal mean =
                numbers.stream().reduce(BigDecimal.ZERO, BigDecimal::add).divide(n, digits);
        BigDecimal squares =
                numbers.stream().map(v -> v.subtract(mean).pow(2, digits)).reduce(BigDecimal.ZERO, BigDecimal::add);
        return new Summary(
                numbers.isEmpty()
                        ? Double.NaN
                        : numbers.stream().min(BigDecimal::compareTo).get().doubleValue(),
                numbers.isEmpty()
                        ? Double.NaN
                        : numbers.stream().max(BigDecimal::compareTo).get().doubleValue(),
                numbers.isEmpty() ? Double.NaN : mean.doubleValue(),
                squares.divide(n, digits).sqrt(digits).doubleValue(),
                (double) nonzero / total,
                entropy,
                total - numbers.size(),
                bytes.array(),
                box,
                counts);
    }
}
