package io.voxelflight.blockio.fetch;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/** Objects below a URL of a plain HTTP server. The URL's query, such as a signature, goes with every request. */
final class HttpObjects implements RemoteObjects {
    private final HttpTransfers transfers;
    private final String root;
    private final String query;

    HttpObjects(URI location, HttpTransfers transfers) {
        if (location.getRawUserInfo() != null) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the location at " + location.getHost() + " holds a user's name: stores over HTTP take signed URLs"
                            + " or none, no passwords");
        }
        if (location.getHost() == null || location.getRawFragment() != null) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "'" + location.getScheme() + "' location needs the form http(s)://HOST[:PORT]/PATH[?QUERY]");
        }
        String path = location.getRawPath() == null ? "" : location.getRawPath();
        while (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        this.root = location.getScheme() + "://" + location.getRawAuthority() + path;
        this.query = location.getRawQuery() == null ? "" : "?" + location.getRawQuery();
        this.transfers = transfers;
    }

    @Override
    public Running get(String key, ByteRange range, Arrival arrival) {
        return transfers.get(request(key), range, HttpObjects::meaning, arrival);
    }

    @Override
    public Running head(String key, Arrival arrival) {
        return transfers.size(request(key), HttpObjects::meaning, arrival);
    }

    private HttpRequest.Builder request(String key) {
        URI uri = URI.create(root + (key.isEmpty() ? "" : "/" + HttpHeads.escape(key, false)) + query);
        // over plain HTTP an upgrade to HTTP/2 would be asked for, which some servers refuse
        return HttpRequest.newBuilder(uri)
                .version(root.startsWith("https") ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1);
    }

    private static @Nullable AttemptFailure meaning(int status, HttpHeaders headers, String text) {
        if (status == 404 || status == 410) {
            return null;
        }
        String what = HttpTransfers.excerpt(text);
        if (status >= 300 && status < 400) {
            what = "(one redirect too many)";
        }
        return HttpHeads.refusal(status, what, headers.firstValue("Retry-After").orElse(null));
    }

    @Override
    public String describe(String key) {
        return key.isEmpty() ? root : root + "/" + key;
    }

    @Override
    public void close() {
        // requests of other stores run in the same client
    }
}
