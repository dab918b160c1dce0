package io.voxelflight.blockio.fetch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.RequestPayer;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Objects below a prefix of an S3 bucket. */
final class S3Objects implements RemoteObjects, RemoteNames {
    private final S3AsyncClient client;
    private final String bucket;
    private final String prefix;
    private final @Nullable RequestPayer payer;

    /** @param client shared with other stores, and not closed here */
    S3Objects(S3AsyncClient client, String bucket, String prefix, boolean requesterPays) {
        this.client = client;
        this.bucket = bucket;
        this.prefix = prefix;
        this.payer = requesterPays ? RequestPayer.REQUESTER : null;
    }

    @Override
    public Running get(String key, ByteRange range, Arrival arrival) {
        GetObjectRequest request = GetObjectRequest.builder()
                .bucket(bucket)
                .key(place(key))
                .range(HttpHeads.range(range))
                .requestPayer(payer)
                .build();
        CompletableFuture<@Nullable Void> running = client.getObject(request, new Landing(arrival));
        CompletableFuture<@Nullable Void> told = running.whenComplete((done, failure) -> {
            if (failure != null) {
                refused(failure, arrival);
            }
        });
        return () -> stop(running, told);
    }

    @Override
    public Running head(String key, Arrival arrival) {
        HeadObjectRequest request = HeadObjectRequest.builder()
                .bucket(bucket)
                .key(place(key))
                .requestPayer(payer)
                .build();
        RequestChain chain = new RequestChain();
        CompletableFuture<HeadObjectResponse> running = client.headObject(request);
        CompletableFuture<HeadObjectResponse> told = running.whenComplete((head, failure) -> {
            if (failure == null) {
                Long length = head.contentLength();
                if (length == null) {
                    arrival.failed(AttemptFailure.lasting("the server does not say its size", null));
                } else {
                    String encoding = head.contentEncoding();
                    boolean gzipped = encoding != null
                            && encoding.toLowerCase(Locale.ROOT).contains("gzip");
                    arrival.replied(new Reply.Bytes(0, length, length, gzipped));
                }
            } else if (cause(failure) instanceof S3Exception answer && answer.statusCode() == 404) {
                // without a body this may mean that there is no bucket: the error of a GET has one
                chain.add(get(key, new ByteRange.Span(0, 1), arrival));
            } else {
                refused(failure, arrival);
            }
        });
        chain.add(() -> stop(running, told));
        return chain;
    }

    private static void stop(CompletableFuture<?> running, CompletableFuture<?> told) {
        if (!told.isDone()) {
            running.cancel(true);
        }
    }

    private String place(String key) {
        return prefix.isEmpty() ? key : key.isEmpty() ? prefix : prefix + "/" + key;
    }

    private static Throwable cause(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static void refused(Throwable thrown, Arrival arrival) {
        Throwable cause = cause(thrown);
        if (cause instanceof S3Exception answer) {
            String code = answer.awsErrorDetails() == null
                    ? ""
                    : String.valueOf(answer.awsErrorDetails().errorCode());
            if (answer.statusCode() == 404 && !code.equals("NoSuchBucket")) {
                arrival.replied(new Reply.Missing());
                return;
            } else if (answer.statusCode() == 416) {
                arrival.replied(HttpHeads.beyond(header(answer, "Content-Range")));
                return;
            }
        }
        arrival.failed(failure(cause));
    }

    private static @Nullable String header(S3Exception answer, String name) {
        SdkHttpResponse response = answer.awsErrorDetails() == null
                ? null
                : answer.awsErrorDetails().sdkHttpResponse();
        return response == null ? null : response.firstMatchingHeader(name).orElse(null);
    }

    private static AttemptFailure failure(Throwable cause) {
        if (cause instanceof AttemptFailure known) {
            return known;
        } else if (cause instanceof S3Exception answer) {
            String text = answer.awsErrorDetails() == null
                    ? ""
                    : answer.awsErrorDetails().errorCode() + " "
                            + HttpTransfers.excerpt(
                                    String.valueOf(answer.awsErrorDetails().errorMessage()));
            AttemptFailure refusal =
                    HttpHeads.refusal(answer.statusCode(), text.strip(), header(answer, "Retry-After"));
            return text.startsWith("RequestTimeout ") // an HTTP 400
                    ? AttemptFailure.passing(refusal.line(), answer)
                    : refusal;
        }
        for (Throwable below = cause; below != null; below = below.getCause()) {
            if (below instanceof IOException
                    || below instanceof TimeoutException
                    || below instanceof ApiCallAttemptTimeoutException) {
                return AttemptFailure.passing("the connection failed: " + below.getMessage(), cause);
            }
        }
        String why = String.valueOf(cause.getMessage());
        return AttemptFailure.lasting(
                why.contains("credentials")
                        ? "the AWS SDK found no credentials (for a public bucket add anonymous=true to its location)"
                        : HttpTransfers.excerpt(why),
                cause);
    }

    @Override
    public Page page(String below, @Nullable String after) throws AttemptFailure, InterruptedException {
        String place = place(below);
        String folder = place.isEmpty() ? "" : place + "/";
        CompletableFuture<ListObjectsV2Response> running = client.listObjectsV2(ListObjectsV2Request.builder()
                .bucket(bucket)
                .prefix(folder)
                .delimiter("/")
                .continuationToken(after)
                .requestPayer(payer)
                .build());
        ListObjectsV2Response response;
        try {
            response = running.get();
        } catch (ExecutionException e) {
            throw failure(cause(e));
        }
        List<String> names = new ArrayList<>();
        for (S3Object object : response.contents()) {
            String name = object.key().substring(folder.length());
            if (!name.isEmpty()) { // the folder itself, as some tools make them
                names.add(name);
            }
        }
        for (CommonPrefix common : response.commonPrefixes()) {
            names.add(common.prefix().substring(folder.length()));
        }
        boolean more = Boolean.TRUE.equals(response.isTruncated());
        return new Page(names, more ? response.nextContinuationToken() : null);
    }

    @Override
    public String describe(String key) {
        return "s3://" + bucket + (place(key).isEmpty() ? "" : "/" + place(key));
    }

    @Override
    public void close() {
        // other stores use the same client
    }

    /** Hands an object's body to an arrival. */
    private static final class Landing implements AsyncResponseTransformer<GetObjectResponse, @Nullable Void> {
        private final Arrival arrival;
        private CompletableFuture<@Nullable Void> through = new CompletableFuture<>();
        private boolean contradicts;

        Landing(Arrival arrival) {
            this.arrival = arrival;
        }

        @Override
        public CompletableFuture<@Nullable Void> prepare() {
            through = new CompletableFuture<>();
            return through;
        }

        @Override
        public void onResponse(GetObjectResponse head) {
            Long length = head.contentLength();
            try {
                arrival.replied(HttpHeads.announced(
                        head.contentRange() == null ? 200 : 206,
                        length == null ? Reply.UNKNOWN : length,
                        head.contentRange(),
                        head.contentEncoding()));
            } catch (AttemptFailure e) {
                contradicts = true;
                arrival.failed(e);
            }
        }

        @Override
        public void onStream(SdkPublisher<ByteBuffer> body) {
            CompletableFuture<@Nullable Void> done = through;
            boolean unwanted = contradicts;
            body.subscribe(new Subscriber<ByteBuffer>() {
                private @Nullable Subscription subscription;

                @Override
                public void onSubscribe(Subscription source) {
                    subscription = source;
                    if (unwanted) {
                        source.cancel();
                        done.complete(null);
                        return;
                    }
                    arrival.connected(new Arrival.Body() {
                        @Override
                        public void begin() {
                            source.request(Long.MAX_VALUE);
                        }

                        @Override
                        public void cancel() {
                            source.cancel();
                            done.complete(null);
                        }
                    });
                }

                @Override
                public void onNext(ByteBuffer piece) {
                    if (!arrival.take(piece) && subscription != null) {
                        subscription.cancel();
                        done.complete(null);
                    }
                }

                @Override
                public void onError(Throwable failure) {
                    arrival.failed(failure(cause(failure)));
                    done.complete(null);
                }

                @Override
                public void onComplete() {
                    arrival.ended();
                    done.complete(null);
                }
            });
        }

        @Override
        public void exceptionOccurred(Throwable failure) {
            through.completeExceptionally(failure);
        }
    }
}
