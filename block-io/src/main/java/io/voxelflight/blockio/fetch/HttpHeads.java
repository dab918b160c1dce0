package io.voxelflight.blockio.fetch;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the heads of HTTP responses say (RFC 9110), whichever client brought them. */
final class HttpHeads {
    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");
    private static final Pattern NO_RANGE = Pattern.compile("bytes \\*/(\\d{1,18})");

    private HttpHeads() {}

    /** The {@code Range} header; null for a whole object. */
    static @Nullable String range(ByteRange range) {
        if (range instanceof ByteRange.Span span) {
            long last = span.offset() > Long.MAX_VALUE - span.length()
                    ? Long.MAX_VALUE - 1
                    : span.offset() + span.length() - 1;
            return "bytes=" + span.offset() + "-" + last;
        }
        return range instanceof ByteRange.Tail tail ? "bytes=-" + tail.length() : null;
    }

    /**
     * What the head of a 200 or 206 response announces.
     *
     * @param contentLength {@link Reply#UNKNOWN} if there is none
     * @throws AttemptFailure if it contradicts itself
     */
    static Reply.Bytes announced(
            int status, long contentLength, @Nullable String contentRange, @Nullable String contentEncoding)
            throws AttemptFailure {
        String encoding = contentEncoding == null ? "" : contentEncoding.strip().toLowerCase(Locale.ROOT);
        boolean gzipped = encoding.equals("gzip") || encoding.equals("x-gzip");
        if (!gzipped && !encoding.isEmpty() && !encoding.equals("identity") && !encoding.equals("aws-chunked")) {
            throw AttemptFailure.lasting(
                    "it comes with Content-Encoding: " + encoding + ", though 'identity' was asked for", null);
        }
        if (status != 206) {
            return new Reply.Bytes(0, contentLength, contentLength, gzipped);
        }
        Matcher matcher = RANGE.matcher(contentRange == null ? "" : contentRange.strip());
        if (!matcher.matches()) {
            throw AttemptFailure.lasting(
                    contentRange == null
                            ? "HTTP 206 came without Content-Range"
                            : "Content-Range: " + contentRange + " is no range of bytes",
                    null);
        }
        long first = Long.parseLong(matcher.group(1));
        long last = Long.parseLong(matcher.group(2));
        long all = matcher.group(3).equals("*") ? Reply.UNKNOWN : Long.parseLong(matcher.group(3));
        long length = last - first + 1;
        if (length < 1 || (all != Reply.UNKNOWN && last >= all)) {
            throw AttemptFailure.lasting("Content-Range: " + contentRange + " contradicts itself", null);
        }
        if (contentLength != Reply.UNKNOWN && contentLength != length) {
            throw AttemptFailure.lasting(
                    "Content-Length: " + contentLength + " contradicts Content-Range: " + contentRange, null);
        }
        return new Reply.Bytes(first, length, all, gzipped);
    }

    /** The object's size in the {@code Content-Range} of a 416 response. */
    static Reply.Beyond beyond(@Nullable String contentRange) {
        Matcher matcher = NO_RANGE.matcher(contentRange == null ? "" : contentRange.strip());
        return new Reply.Beyond(matcher.matches() ? Long.parseLong(matcher.group(1)) : Reply.UNKNOWN);
    }

    /** Whether a status may be another one next time. */
    static boolean mayPass(int status) {
        return status == 408 || status == 429 || (status >= 500 && status != 501 && status != 505);
    }

    /** A {@code Retry-After} header: seconds or a date; null if there is none that can be read. */
    static @Nullable Duration retryAfter(@Nullable String header, ZonedDateTime now) {
        if (header == null) {
            return null;
        }
        String text = header.strip();
        try {
            if (!text.isEmpty() && text.length() < 10 && text.chars().allMatch(Character::isDigit)) {
                return Duration.ofSeconds(Long.parseLong(text));
            }
            Duration until = Duration.between(now, ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME));
            return until.isNegative() ? Duration.ZERO : until;
        } catch (DateTimeParseException | NumberFormatException e) {
            return null;
        }
    }

    /** What a status that brings no object means. */
    static AttemptFailure refusal(int status, String text, @Nullable String retryAfter) {
        StringBuilder message = new StringBuilder("HTTP ").append(status);
        if (!text.isEmpty()) {
            message.append(' ').append(text);
        }
        if (status == 403 || status == 401) {
            message.append(": it may not be read with these credentials, or does not exist in a bucket that may not be"
                    + " listed");
        }
        return mayPass(status)
                ? AttemptFailure.passing(message.toString(), retryAfter(retryAfter, ZonedDateTime.now(ZoneOffset.UTC)))
                : AttemptFailure.lasting(message.toString(), null);
    }

    /** A key as part of a URL's path: all but unreserved characters and {@code /} escaped. */
    static String escape(String key, boolean slashes) {
        StringBuilder escaped = new StringBuilder();
        for (byte b : key.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if ((c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || "-._~".indexOf(c) >= 0
                    || (c == '/' && !slashes)) {
                escaped.append(c);
            } else {
                escaped.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return escaped.toString();
    }
}
