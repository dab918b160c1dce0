package io.voxelflight.flight.config;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes as people write it: {@code 512MiB}, {@code 2GiB}, {@code 1GB}, {@code 4096}. */
public record ByteSize(long bytes) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,3})?)\\s*([KMGT]?)(I?)B?");
    private static final String PREFIXES = "KMGT";

    public ByteSize {
        if (bytes < 0) {
            throw new ServiceException(ErrorCode.INVALID_ARGUMENT, "a size of " + bytes + " bytes is negative");
        }
    }

    /**
     * Reads a size. KiB, MiB, GiB and TiB (also K, M, G, T) count in 1024, kB, MB, GB and TB in 1000.
     *
     * @throws ServiceException INVALID_ARGUMENT if it is not of that form or too large
     */
    public static ByteSize parse(String text) {
        String trimmed = text.trim().toUpperCase(Locale.ROOT);
        Matcher form = FORM.matcher(trimmed);
        if (!form.matches()) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT, "'" + text + "' is not a size, write it like 512MiB or 2GiB");
        }
        String prefix = form.group(2);
        boolean binary = !form.group(3).isEmpty() || !trimmed.endsWith("B");
        double unit = prefix.isEmpty() ? 1 : Math.pow(binary ? 1024 : 1000, PREFIXES.indexOf(prefix) + 1);
        double bytes = Double.parseDouble(form.group(1)) * unit;
        if (bytes > Long.MAX_VALUE / 2.0) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT, "a size of '" + text + "' is larger than any memory");
        }
        return new ByteSize(Math.round(bytes));
    }

    /** For people: three digits and a binary unit. */
    @Override
    public String toString() {
        double value = bytes;
        int unit = -1;
        while (value >= 1024 && unit < PREFIXES.length() - 1) {
            value /= 1024;
            unit++;
        }
        if (unit < 0) {
            return bytes + " B";
        }
        String number = String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
        return number + " " + PREFIXES.charAt(unit) + "iB";
    }
}
