package io.voxelflight.testkit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The reading half of Google Cloud Storage's JSON API, as its reference describes it: metadata, media with ranges, lists of
 * names in pages. One bucket, objects in memory.
 */
public final class TestGcs implements TestServer {
    private static final String BUCKET = "volumes";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final NavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "test-gcs");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpServer server;
    private volatile int pageNames = 1000;

    private TestGcs() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
        server.setExecutor(threads);
        server.createContext("/storage/v1/b/", exchange -> {
            try (exchange) {
                answer(exchange);
            }
        });
        server.start();
    }

    /** Starts a server of an empty bucket. */
    public static TestGcs start() {
        try {
            return new TestGcs();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void put(String key, byte[] bytes) {
        objects.put(key, bytes.clone());
    }

    /** How many names a page of a list holds at most. */
    public void pageNames(int most) {
        pageNames = most;
    }

    @Override
    public URI uri() {
        return uri("127.0.0.1", port());
    }

    @Override
    public URI uri(String host, int otherPort) {
        return URI.create("gs://" + BUCKET + "?anonymous=true&endpoint=http://" + host + ":" + otherPort);
    }

    @Override
    public int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String[] path = exchange.getRequestURI().getRawPath().split("/", 7); // "", storage, v1, b, BUCKET, o, OBJECT
        Map<String, String> query = new HashMap<>();
        String raw = exchange.getRequestURI().getRawQuery();
        for (String pair : raw == null ? new String[0] : raw.split("&")) {
            int equals = pair.indexOf('=');
            query.put(pair.substring(0, equals), decode(pair.substring(equals + 1)));
        }
        if (path.length < 6 || !path[5].equals("o")) {
            error(exchange, 400, "no such request");
        } else if (!decode(path[4]).equals(BUCKET)) {
            error(exchange, 404, "The specified bucket does not exist.");
        } else if (path.length == 6) {
            list(exchange, query);
        } else {
            byte[] object = objects.get(decode(path[6]));
            if (object == null) {
                error(exchange, 404, "No such object: " + BUCKET + "/" + decode(path[6]));
            } else if ("media".equals(query.get("alt"))) {
                media(exchange, object);
            } else {
                ObjectNode metadata = JSON.createObjectNode();
                metadata.put("size", Integer.toString(object.length));
                json(exchange, 200, metadata);
            }
        }
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static void media(HttpExchange exchange, byte[] object) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
        String range = exchange.getRequestHeaders().getFirst("Range");
        if (range == null) {
            send(exchange, 200, object, 0, object.length);
            return;
        }
        String[] ends = range.substring("bytes=".length()).split("-", -1);
        long first;
        long last;
        if (ends[0].isEmpty()) {
            first = Math.max(0, object.length - Long.parseLong(ends[1]));
            last = object.length - 1L;
        } else {
            first = Long.parseLong(ends[0]);
            last = ends[1].isEmpty() ? object.length - 1L : Math.min(object.length - 1L, Long.parseLong(ends[1]));
        }
        if (first >= object.length) {
            exchange.getResponseHeaders().set("Content-Range", "bytes */" + object.length);
            error(exchange, 416, "The requested range cannot be satisfied.");
            return;
        }
        exchange.getResponseHeaders().set("Content-Range", "bytes " + first + "-" + last + "/" + object.length);
        send(exchange, 206, object, (int) first, (int) (last - first + 1));
    }

    private static void send(HttpExchange exchange, int status, byte[] bytes, int from, int length) throws IOException {
        exchange.sendResponseHeaders(status, length == 0 ? -1 : length);
        if (length > 0) {
            exchange.getResponseBody().write(bytes, from, length);
        }
    }

    private void list(HttpExchange exchange, Map<String, String> query) throws IOException {
        String prefix = query.getOrDefault("prefix", "");
        String delimiter = query.getOrDefault("delimiter", "");
        String after = query.get("pageToken");
        TreeSet<String> names = new TreeSet<>();
        SortedMap<String, byte[]> below = objects.tailMap(prefix);
        for (String key : below.keySet()) {
            if (!key.startsWith(prefix)) {
                break;
            }
            int end = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
            names.add(end < 0 ? key : key.substring(0, end + delimiter.length()));
        }
        ObjectNode page = JSON.createObjectNode();
        int count = 0;
        @Nullable String last = null;
        for (String name : after == null ? names : names.tailSet(after, false)) {
            if (count++ == pageNames) {
                page.put("nextPageToken", last);
                break;
            }
            last = name;
            if (!delimiter.isEmpty() && name.endsWith(delimiter) && !objects.containsKey(name)) {
                page.withArray("prefixes").add(name);
            } else {
                page.withArray("items").addObject().put("name", name);
            }
        }
        json(exchange, 200, page);
    }

    private static void error(HttpExchange exchange, int status, String message) throws IOException {
        ObjectNode answer = JSON.createObjectNode();
        answer.putObject("error").put("code", status).put("message", message);
        json(exchange, status, answer);
    }

    private static void json(HttpExchange exchange, int status, ObjectNode answer) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(answer);
        exchange.getResponseHeaders().set("Content-Type", "application/json; charset=UTF-8");
        send(exchange, status, bytes, 0, bytes.length);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        objects.values().forEach(bytes -> Arrays.fill(bytes, (byte) 0)); // a late reader would notice
        objects.clear();
    }
}
