package io.voxelflight.blockio.fetch;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where a store lies, understood from its URI. */
sealed interface StoreLocation {
    /** A folder of this machine. */
    record Local(Path folder) implements StoreLocation {}

    /** A folder of a web server. */
    record Http(URI url) implements StoreLocation {}

    /**
     * A prefix of an S3 bucket.
     *
     * @param region empty: as the AWS SDK finds it
     */
    record S3(
            String bucket,
            String prefix,
            Optional<URI> endpoint,
            Optional<String> region,
            boolean anonymous,
            boolean requesterPays,
            boolean pathStyle)
            implements StoreLocation {}

    /**
     * A prefix of a bucket of Google Cloud Storage.
     *
     * @param project that pays for requests; empty: the bucket's owner does
     */
    record Gcs(String bucket, String prefix, Optional<URI> endpoint, String project, boolean anonymous)
            implements StoreLocation {}

    /** @throws ServiceException INVALID_ARGUMENT or UNSUPPORTED naming what of the location is not understood */
    static StoreLocation parse(URI location) {
        String scheme = location.getScheme() == null ? "" : location.getScheme();
        switch (scheme) {
            case "file":
                try {
                    return new Local(Path.of(location));
                } catch (IllegalArgumentException e) {
                    throw new ServiceException(
                            ErrorCode.INVALID_ARGUMENT, "'" + location + "' is no local folder: " + e.getMessage(), e);
                }
            case "http":
            case "https":
                return new Http(location);
            case "s3": {
                Options options = new Options(
                        location, List.of("endpoint", "region", "anonymous", "requester-pays", "path-style"));
                Optional<URI> endpoint = options.url("endpoint");
                return new S3(
                        bucket(location),
                        prefix(location),
                        endpoint,
                        options.text("region"),
                        options.flag("anonymous", false),
                        options.flag("requester-pays", false),
                        options.flag("path-style", endpoint.isPresent()));
            }
            case "gs": {
                Options options = new Options(location, List.of("endpoint", "anonymous", "project"));
                return new Gcs(
                        bucket(location),
                        prefix(location),
                        options.url("endpoint"),
                        options.text("project").orElse(""),
                        options.flag("anonymous", false));
            }
            default:
                throw new ServiceException(
                        ErrorCode.UNSUPPORTED,
                        "a volume at '" + scheme + ":' cannot be read: file, http, https, s3 and gs locations can");
        }
    }

    private static String bucket(URI location) {
        String bucket = location.getRawAuthority();
        if (bucket == null || !bucket.matches("[A-Za-z0-9._-]{1,255}")) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "a '" + location.getScheme() + "' location needs the form " + location.getScheme()
                            + "://BUCKET/PATH[?OPTION=VALUE&...], without user names");
        }
        return bucket;
    }

    private static String prefix(URI location) {
        String path = location.getPath() == null ? "" : location.getPath();
        int start = 0;
        int end = path.length();
        while (start < end && path.charAt(start) == '/') {
            start++;
        }
        while (end > start && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(start, end);
    }

    /** The options in a location's query. */
    final class Options {
        private final String place;
        private final Map<String, String> values = new HashMap<>();

        Options(URI location, List<String> known) {
            this.place = location.getScheme() + "://" + location.getRawAuthority() + location.getRawPath();
            String query = location.getRawQuery();
            if (location.getRawFragment() != null) {
                throw invalid("has a part behind '#', which means nothing");
            }
            for (String pair : query == null ? List.<String>of() : List.of(query.split("&", -1))) {
                int equals = pair.indexOf('=');
                String name = decode(equals < 0 ? pair : pair.substring(0, equals));
                if (!known.contains(name)) {
                    throw invalid(
                            "has the option '" + name + "', which is unknown; known are " + String.join(", ", known));
                }
                if (values.put(name, equals < 0 ? "" : decode(pair.substring(equals + 1))) != null) {
                    throw invalid("has the option '" + name + "' twice");
                }
            }
        }

        private String decode(String text) {
            try {
                return URLDecoder.decode(text, StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                throw invalid("has an option that is badly escaped");
            }
        }

        Optional<String> text(String name) {
            String value = values.get(name);
            if (value != null && !value.matches("[A-Za-z0-9._:-]+")) {
                throw invalid("has the option " + name + "='" + value + "', which is no name");
            }
            return Optional.ofNullable(value);
        }

        boolean flag(String name, boolean otherwise) {
            String value = values.get(name);
            if (value == null) {
                return otherwise;
            } else if (!value.equals("true") && !value.equals("false")) {
                throw invalid("has the option " + name + "='" + value + "': true or false is needed");
            }
            return value.equals("true");
        }

        Optional<URI> url(String name) {
            String value = values.get(name);
            if (value == null) {
                return Optional.empty();
            }
            try {
                URI url = new URI(value.endsWith("/") ? value.substring(0, value.length() - 1) : value);
                if (("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                        && url.getHost() != null
                        && url.getRawUserInfo() == null
                        && url.getRawQuery() == null) {
                    return Optional.of(url);
                }
            } catch (java.net.URISyntaxException e) {
                throw invalid("has an option " + name + " that is no URL");
            }
            throw invalid("has an option " + name + " that is not of the form http(s)://HOST[:PORT]");
        }

        private ServiceException invalid(String what) {
            return new ServiceException(ErrorCode.INVALID_ARGUMENT, "location " + place + " " + what);
        }
    }
}
