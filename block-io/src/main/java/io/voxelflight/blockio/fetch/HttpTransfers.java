package io.voxelflight.blockio.fetch;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** GET and HEAD requests over the JDK's HTTP client, which stores over HTTP share. */
final class HttpTransfers implements AutoCloseable {
    /** Of an error's text, what may stand in a message. */
    private static final int ERROR_CHARS = 200;

    /** Of a body that is read to its end only so that the connection can be used again. */
    private static final int MOST_DRAINED_BYTES = 64 << 10;

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final ExecutorService threads;
    private final HttpClient client;
    private final int mostRedirects;

    /** @param mostRedirects that are followed, one after the other */
    HttpTransfers(StoreSettings settings, int mostRedirects) {
        this.mostRedirects = mostRedirects;
        AtomicInteger number = new AtomicInteger();
        this.threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "store-http-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        this.client = HttpClient.newBuilder()
                .executor(threads)
                .connectTimeout(settings.connectTimeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    ExecutorService threads() {
        return threads;
    }

    /** What a response without the wanted bytes means; null: there is no such object. */
    interface Refusals {
        @Nullable
        AttemptFailure meaning(int status, HttpHeaders headers, String text);
    }

    /** The first {@code mostBytes} of a response's text. */
    record Text(int status, HttpHeaders headers, String text) {}

    /** Asks for bytes of an object. */
    RemoteObjects.Running get(HttpRequest.Builder request, ByteRange range, Refusals refusals, Arrival arrival) {
        String header = HttpHeads.range(range);
        if (header != null) {
            request.setHeader("Range", header);
        }
        request.setHeader("Accept-Encoding", "identity").GET();
        return send(request.build(), arrival, head -> {
            int status = head.statusCode();
            if (status == 200 || (status == 206 && header != null)) {
                try {
                    arrival.replied(announced(head));
                    return new Landing(arrival);
                } catch (AttemptFailure e) {
                    return unread(() -> arrival.failed(e));
                }
            }
            return refusing(head, refusals, arrival);
        });
    }

    /** Asks for an object's size: by HEAD or, where that is not answered, by the first byte. */
    RemoteObjects.Running size(HttpRequest.Builder request, Refusals refusals, Arrival arrival) {
        request.setHeader("Accept-Encoding", "identity").method("HEAD", HttpRequest.BodyPublishers.noBody());
        RequestChain chain = new RequestChain();
        chain.add(send(request.build(), arrival, head -> {
            int status = head.statusCode();
            if (status == 200 && head.headers().firstValue("Content-Length").isPresent()) {
                return unread(() -> sized(head, arrival));
            } else if (status == 404 || status == 410 || HttpHeads.mayPass(status)) {
                return refusing(head, refusals, arrival);
            }
            return unread(() -> chain.add(firstByte(request, refusals, arrival)));
        }));
        return chain;
    }

    private RemoteObjects.Running firstByte(HttpRequest.Builder request, Refusals refusals, Arrival arrival) {
        HttpRequest first = request.setHeader("Range", "bytes=0-0").GET().build();
        return send(first, arrival, head -> {
            int status = head.statusCode();
            if (status == 200 || status == 206) {
                return unread(() -> sized(head, arrival));
            } else if (status == 416 && beyond(head).objectBytes() == 0) {
                return unread(() -> arrival.replied(new Reply.Bytes(0, 0, 0, false)));
            }
            return refusing(head, refusals, arrival);
        });
    }

    private static void sized(HttpResponse.ResponseInfo head, Arrival arrival) {
        try {
            Reply.Bytes bytes = announced(head);
            arrival.replied(new Reply.Bytes(0, bytes.objectBytes(), bytes.objectBytes(), bytes.gzipped()));
        } catch (AttemptFailure e) {
            arrival.failed(e);
        }
    }

    /** Asks for a short text, whatever the status. */
    RemoteObjects.Running text(HttpRequest request, int mostBytes, Arrival arrival, Consumer<Text> then) {
        return send(
                request,
                arrival,
                head -> new Collecting(
                        mostBytes, mostBytes, text -> then.accept(new Text(head.statusCode(), head.headers(), text))));
    }

    private RemoteObjects.Running send(
            HttpRequest request, Arrival arrival, HttpResponse.BodyHandler<@Nullable Void> handler) {
        return send(request, arrival, handler, mostRedirects);
    }

    private RemoteObjects.Running send(
            HttpRequest request, Arrival arrival, HttpResponse.BodyHandler<@Nullable Void> handler, int redirects) {
        RequestChain chain = new RequestChain();
        CompletableFuture<HttpResponse<@Nullable Void>> running;
        try {
            running = client.sendAsync(
                    request,
                    head -> redirects > 0 && REDIRECTS.contains(head.statusCode())
                            ? redirected(request, head, arrival, handler, redirects, chain)
                            : handler.apply(head));
        } catch (RuntimeException e) { // such as an executor that is shut down
            arrival.failed(AttemptFailure.lasting("it cannot be asked for: " + e, e));
            return chain;
        }
        CompletableFuture<HttpResponse<@Nullable Void>> told = running.whenComplete((response, failure) -> {
            if (failure != null) {
                arrival.failed(failure(failure));
            }
        });
        chain.add(() -> stop(running, told));
        return chain;
    }

    /** Asks where the server says; that a folder is one, it says by a redirect, and a folder is no object. */
    private Collecting redirected(
            HttpRequest request,
            HttpResponse.ResponseInfo head,
            Arrival arrival,
            HttpResponse.BodyHandler<@Nullable Void> handler,
            int redirects,
            RequestChain chain) {
        URI from = request.uri();
        URI to;
        try {
            to = from.resolve(new URI(head.headers().firstValue("Location").orElse("")));
        } catch (URISyntaxException e) {
            return unread(() -> arrival.failed(AttemptFailure.lasting("its server redirects to no URL", null)));
        }
        if (String.valueOf(to.getRawPath()).equals(from.getRawPath() + "/")) {
            return unread(() -> arrival.replied(new Reply.Missing()));
        }
        boolean safe = "https".equals(to.getScheme()) || ("http".equals(to.getScheme()) && !https(from));
        if (!safe || to.getHost() == null) {
            return unread(() -> arrival.failed(AttemptFailure.lasting(
                    "its server redirects to '" + to.getScheme() + ":', which is not followed", null)));
        }
        HttpRequest next =
                HttpRequest.newBuilder(request, (name, value) -> true).uri(to).build();
        return unread(() -> chain.add(send(next, arrival, handler, redirects - 1)));
    }

    private static boolean https(URI uri) {
        return "https".equals(uri.getScheme());
    }

    /** Only the future that the client gave ends the request when it is cancelled. */
    private static void stop(CompletableFuture<?> running, CompletableFuture<?> told) {
        if (!told.isDone()) {
            running.cancel(true);
        }
    }

    /** Passes over a body, then goes on. */
    private static Collecting unread(Runnable then) {
        return new Collecting(0, MOST_DRAINED_BYTES, text -> then.run());
    }

    private static Collecting refusing(HttpResponse.ResponseInfo head, Refusals refusals, Arrival arrival) {
        return new Collecting(4 * ERROR_CHARS, MOST_DRAINED_BYTES, text -> {
            if (head.statusCode() == 416) {
                arrival.replied(beyond(head));
                return;
            }
            AttemptFailure meaning = refusals.meaning(head.statusCode(), head.headers(), text);
            if (meaning == null) {
                arrival.replied(new Reply.Missing());
            } else {
                arrival.failed(meaning);
            }
        });
    }

    private static Reply.Bytes announced(HttpResponse.ResponseInfo head) throws AttemptFailure {
        HttpHeaders headers = head.headers();
        String length = headers.firstValue("Content-Length").orElse(null);
        boolean framed = length != null
                || head.version() == HttpClient.Version.HTTP_2
                || headers.firstValue("Transfer-Encoding")
                        .map(value -> value.toLowerCase(Locale.ROOT).contains("chunked"))
                        .orElse(false);
        if (!framed) {
            throw AttemptFailure.lasting(
                    "its server does not say how long it is (neither Content-Length nor chunks): a connection that"
                            + " breaks could not be told from its end",
                    null);
        }
        long bytes;
        try {
            bytes = length == null ? Reply.UNKNOWN : Long.parseLong(length.strip());
        } catch (NumberFormatException e) {
            throw AttemptFailure.lasting("Content-Length: " + length + " is no number", e);
        }
        return HttpHeads.announced(
                head.statusCode(),
                bytes,
                headers.firstValue("Content-Range").orElse(null),
                headers.firstValue("Content-Encoding").orElse(null));
    }

    private static Reply.Beyond beyond(HttpResponse.ResponseInfo head) {
        return HttpHeads.beyond(head.headers().firstValue("Content-Range").orElse(null));
    }

    /** Why a request failed below HTTP. */
    static AttemptFailure failure(Throwable thrown) {
        Throwable cause = thrown;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof AttemptFailure known) {
            return known;
        } else if (cause instanceof SSLException) {
            return AttemptFailure.lasting("the TLS connection failed: " + cause.getMessage(), cause);
        } else if (cause instanceof HttpTimeoutException) {
            return AttemptFailure.passing("no connection in time (" + cause.getMessage() + ")", cause);
        } else if (cause instanceof ConnectException) {
            String why = cause.getCause() == null
                    ? String.valueOf(cause.getMessage())
                    : cause.getCause().getClass().getSimpleName();
            return AttemptFailure.passing("no connection (" + why + ")", cause);
        } else if (cause instanceof IOException) {
            return AttemptFailure.passing("the connection broke: " + cause.getMessage(), cause);
        }
        return AttemptFailure.lasting(String.valueOf(cause), cause);
    }

    /** One line of what an error's body says, if it is text. */
    static String excerpt(String text) {
        String line = text.replaceAll("<[^>]*>", " ")
                .replaceAll("[\\s\\p{Cntrl}]+", " ")
                .strip();
        return line.length() <= ERROR_CHARS ? line : line.substring(0, ERROR_CHARS) + " ...";
    }

    @Override
    public void close() {
        // the client's own thread ends when nobody refers to the client any more: JDK 17 knows no other way
        threads.shutdownNow();
    }

    /** Hands a body to an arrival. */
    private static final class Landing implements HttpResponse.BodySubscriber<@Nullable Void> {
        private final Arrival arrival;
        private final CompletableFuture<@Nullable Void> through = new CompletableFuture<>();
        private Flow.@Nullable Subscription subscription;

        Landing(Arrival arrival) {
            this.arrival = arrival;
        }

        @Override
        public CompletionStage<@Nullable Void> getBody() {
            return through;
        }

        @Override
        public void onSubscribe(Flow.Subscription source) {
            subscription = source;
            arrival.connected(new Arrival.Body() {
                @Override
                public void begin() {
                    source.request(Long.MAX_VALUE);
                }

                @Override
                public void cancel() {
                    source.cancel();
                }
            });
        }

        @Override
        public void onNext(List<ByteBuffer> pieces) {
            for (ByteBuffer piece : pieces) {
                if (!arrival.take(piece)) {
                    if (subscription != null) {
                        subscription.cancel();
                    }
                    through.complete(null);
                    return;
                }
            }
        }

        @Override
        public void onError(Throwable failure) {
            arrival.failed(HttpTransfers.failure(failure));
            through.complete(null);
        }

        @Override
        public void onComplete() {
            arrival.ended();
            through.complete(null);
        }
    }

    /** Keeps the first bytes of a body as text, reads a few more to its end, and gives up a longer one. */
    private static final class Collecting implements HttpResponse.BodySubscriber<@Nullable Void> {
        private final byte[] kept;
        private final int mostBytes;
        private final Consumer<String> then;
        private final CompletableFuture<@Nullable Void> through = new CompletableFuture<>();
        private Flow.@Nullable Subscription subscription;
        private int count;
        private long seen;

        Collecting(int keptBytes, int mostBytes, Consumer<String> then) {
            this.kept = new byte[keptBytes];
            this.mostBytes = mostBytes;
            this.then = then;
        }

        @Override
        public CompletionStage<@Nullable Void> getBody() {
            return through;
        }

        @Override
        public void onSubscribe(Flow.Subscription source) {
            subscription = source;
            source.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> pieces) {
            for (ByteBuffer piece : pieces) {
                seen += piece.remaining();
                int length = Math.min(piece.remaining(), kept.length - count);
                piece.get(kept, count, length);
                count += length;
            }
            if (seen > mostBytes && subscription != null) {
                subscription.cancel();
                onComplete();
            }
        }

        @Override
        public void onError(Throwable failure) {
            onComplete(); // the status is known, and says more
        }

        @Override
        public void onComplete() {
            if (!through.isDone()) {
                then.accept(new String(kept, 0, count, StandardCharsets.UTF_8));
                through.complete(null);
            }
        }
    }
}
