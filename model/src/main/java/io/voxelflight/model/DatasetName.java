package io.voxelflight.model;

import java.util.regex.Pattern;

/**
 * The name of a dataset: letters, digits, {@code .}, {@code _} and {@code -}, at most 128, beginning with a letter or
 * digit (so that a name is never an option of a command line, a hidden file or a parent folder).
 *
 * @throws ServiceException {@link ErrorCode#INVALID_ARGUMENT} if it is not such a name
 */
public record DatasetName(String value) {
    private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    public DatasetName {
        if (!LEGAL.matcher(value).matches()) {
            String shown = value.length() > 140 ? value.substring(0, 140) + "..." : value;
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "dataset name '" + shown + "' is not allowed: use letters, digits, '.', '_' and '-', at most 128,"
                            + " beginning with a letter or digit");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
