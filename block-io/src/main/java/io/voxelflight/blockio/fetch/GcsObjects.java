package io.voxelflight.blockio.fetch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.auth.Credentials;
import com.google.auth.RequestMetadataCallback;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Objects below a prefix of a bucket in Google Cloud Storage, by its JSON API
 * (https://cloud.google.com/storage/docs/json_api/v1).
 */
final class GcsObjects implements RemoteObjects, RemoteNames {
    /** The endpoint of Google itself. */
    static final URI GOOGLE = URI.create("https://storage.googleapis.com");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_METADATA_BYTES = 64 << 10;
    private static final int MOST_PAGE_BYTES = 16 << 20;

    private final HttpTransfers transfers;
    private final @Nullable Credentials credentials;
    private final URI endpoint;
    private final String bucket;
    private final String prefix;
    private final String project;

    /**
     * @param transfers shared with other stores, and not closed here
     * @param credentials null: none are sent
     * @param project that pays; empty: the bucket's owner does
     */
    GcsObjects(
            HttpTransfers transfers,
            @Nullable Credentials credentials,
            URI endpoint,
            String bucket,
            String prefix,
            String project) {
        this.transfers = transfers;
        this.credentials = credentials;
        this.endpoint = endpoint;
        this.bucket = bucket;
        this.prefix = prefix;
        this.project = project;
    }

    @Override
    public Running get(String key, ByteRange range, Arrival arrival) {
        return send(
                uri("/" + HttpHeads.escape(place(key), true), "alt=media"),
                arrival,
                request -> transfers.get(request, range, GcsObjects::meaning, arrival));
    }

    @Override
    public Running head(String key, Arrival arrival) {
        return send(
                uri("/" + HttpHeads.escape(place(key), true), "fields=size,contentEncoding"),
                arrival,
                request -> transfers.text(request.GET().build(), MOST_METADATA_BYTES, arrival, answer -> {
                    try {
                        arrival.replied(metadata(answer));
                    } catch (AttemptFailure e) {
                        arrival.failed(e);
                    }
                }));
    }

    private static Reply metadata(HttpTransfers.Text answer) throws AttemptFailure {
        if (answer.status() != 200) {
            AttemptFailure failure = meaning(answer.status(), answer.headers(), answer.text());
            if (failure != null) {
                throw failure;
            }
            return new Reply.Missing();
        }
        JsonNode object = parse(answer.text());
        long size = object.path("size").asLong(Reply.UNKNOWN); // a number, written as a string
        if (size < 0) {
            throw AttemptFailure.lasting("the server does not say its size", null);
        }
        boolean gzipped =
                object.path("contentEncoding").asText().toLowerCase(Locale.ROOT).contains("gzip");
        return new Reply.Bytes(0, size, size, gzipped);
    }

    private static JsonNode parse(String text) throws AttemptFailure {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw AttemptFailure.lasting("the server's answer is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** A bucket that is not there is an error; an object that is not there is none. Both are HTTP 404. */
    private static @Nullable AttemptFailure meaning(int status, HttpHeaders headers, String text) {
        String what = text;
        if (text.startsWith("{")) {
            try {
                what = JSON.readTree(text).path("error").path("message").asText();
            } catch (JsonProcessingException e) {
                what = text; // cut off: as it is
            }
        }
        what = HttpTransfers.excerpt(what);
        boolean noBucket = what.toLowerCase(Locale.ROOT).contains("bucket does not exist");
        if ((status == 404 || status == 410) && !noBucket) {
            return null;
        }
        return HttpHeads.refusal(status, what, headers.firstValue("Retry-After").orElse(null));
    }

    private URI uri(String object, String query) {
        String pays = project.isEmpty() ? "" : "&userProject=" + HttpHeads.escape(project, true);
        return URI.create(
                endpoint + "/storage/v1/b/" + HttpHeads.escape(bucket, true) + "/o" + object + "?" + query + pays);
    }

    /** Sends a request with the credentials of now, which may have to be renewed first. */
    private Running send(URI uri, Arrival arrival, Function<HttpRequest.Builder, Running> sender) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .version("https".equals(uri.getScheme()) ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1);
        if (credentials == null) {
            return sender.apply(request);
        }
        RequestChain chain = new RequestChain();
        credentials.getRequestMetadata(uri, transfers.threads(), new RequestMetadataCallback() {
            @Override
            public void onSuccess(Map<String, List<String>> metadata) {
                metadata.forEach((name, values) -> values.forEach(value -> request.header(name, value)));
                chain.add(sender.apply(request));
            }

            @Override
            public void onFailure(Throwable failure) {
                // the cause may quote what was sent: its message stays in the log's trace
                arrival.failed(AttemptFailure.passing("no access token could be had from Google", failure));
            }
        });
        return chain;
    }

    @Override
    public Page page(String below, @Nullable String after) throws AttemptFailure, InterruptedException {
        String place = place(below);
        String folder = place.isEmpty() ? "" : place + "/";
        String query = "delimiter=%2F&fields=prefixes,items(name),nextPageToken&prefix="
                + HttpHeads.escape(folder, true)
                + (after == null ? "" : "&pageToken=" + HttpHeads.escape(after, true));
        Arrival arrival = new Arrival(new LongAdder());
        AtomicReference<HttpTransfers.@Nullable Text> came = new AtomicReference<>();
        send(
                uri("", query),
                arrival,
                request -> transfers.text(request.GET().build(), MOST_PAGE_BYTES, arrival, text -> {
                    came.set(text);
                    arrival.replied(new Reply.Missing()); // no object: the text is all there is
                }));
        try {
            arrival.reply.get();
        } catch (ExecutionException e) {
            throw HttpTransfers.failure(e.getCause() == null ? e : e.getCause());
        }
        HttpTransfers.Text answer = Objects.requireNonNull(came.get());
        if (answer.status() != 200) {
            AttemptFailure failure = meaning(answer.status(), answer.headers(), answer.text());
            throw failure == null ? AttemptFailure.lasting("HTTP " + answer.status(), null) : failure;
        }
        JsonNode page = parse(answer.text());
        List<String> names = new ArrayList<>();
        for (JsonNode item : page.path("items")) {
            String name = item.path("name").asText();
            if (name.length() > folder.length()) { // not the folder itself, as some tools make them
                names.add(name.substring(folder.length()));
            }
        }
        page.path("prefixes").forEach(name -> names.add(name.asText().substring(folder.length())));
        return new Page(names, page.path("nextPageToken").asText(null));
    }

    private String place(String key) {
        return prefix.isEmpty() ? key : key.isEmpty() ? prefix : prefix + "/" + key;
    }

    @Override
    public String describe(String key) {
        return "gs://" + bucket + (place(key).isEmpty() ? "" : "/" + place(key));
    }

    @Override
    public void close() {
        // requests of other stores run in the same client
    }
}
