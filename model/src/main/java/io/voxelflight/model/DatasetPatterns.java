package io.voxelflight.model;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which datasets somebody may see: names, in which {@code *} stands for any characters or none. Without a pattern, none.
 *
 * @throws ServiceException INVALID_ARGUMENT for a pattern that no dataset's name can match
 */
public record DatasetPatterns(List<String> patterns) {
    private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9._*-]{1,128}");

    public static final DatasetPatterns ALL = new DatasetPatterns(List.of("*"));
    public static final DatasetPatterns NONE = new DatasetPatterns(List.of());

    public DatasetPatterns {
        patterns = List.copyOf(patterns);
        for (String pattern : patterns) {
            if (!LEGAL.matcher(pattern).matches()) {
                throw new ServiceException(
                        ErrorCode.INVALID_ARGUMENT,
                        "'" + pattern
                                + "' is no pattern of dataset names: letters, digits, '.', '_', '-', and '*' for any"
                                + " characters; several are separated by commas");
            }
        }
    }

    /** Reads patterns separated by commas: {@code fib25,mouse-*}. */
    public static DatasetPatterns parse(String text) {
        List<String> patterns = new ArrayList<>();
        for (String pattern : text.split(",", -1)) {
            patterns.add(pattern.strip());
        }
        return new DatasetPatterns(patterns);
    }

    /** Whether every dataset is among them. */
    public boolean all() {
        return patterns.contains("*");
    }

    public boolean contains(DatasetName name) {
        for (String pattern : patterns) {
            if (matches(pattern, name.value())) {
                return true;
            }
        }
        return false;
    }

    /** Without a regular expression: time is linear in the name for each star, whatever the pattern. */
    private static boolean matches(String pattern, String name) {
        int p = 0;
        int n = 0;
        int star = -1;
        int tried = 0;
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                tried = n;
            } else if (p < pattern.length() && pattern.charAt(p) == name.charAt(n)) {
                p++;
                n++;
            } else if (star >= 0) {
                p = star + 1;
                n = ++tried;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    /** As people write them. */
    @Override
    public String toString() {
        return String.join(",", patterns);
    }
}
