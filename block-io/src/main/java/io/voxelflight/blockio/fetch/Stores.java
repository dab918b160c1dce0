package io.voxelflight.blockio.fetch;

import com.google.auth.Credentials;
import com.google.auth.oauth2.GoogleCredentials;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.SdkEventLoopGroup;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;

/**
 * Opens stores by their location: {@code file:}, {@code http:}, {@code https:}, {@code s3:} and {@code gs:} (see "Where
 * volumes may lie" in docs/operations.md). Connections, credentials and limits are shared by all stores of one endpoint with
 * the same settings; they end when this is closed, after the stores.
 */
public final class Stores implements AutoCloseable {
    private static final int MOST_REDIRECTS = 5;

    private final Map<Object, Endpoint> endpoints = new ConcurrentHashMap<>();
    private final Map<Object, HttpTransfers> transfers = new ConcurrentHashMap<>();
    private final Map<String, StoreCounters> counters = new ConcurrentHashMap<>();
    private final List<AutoCloseable> clients = new ArrayList<>();
    private @Nullable NioEventLoopGroup s3Threads;
    private @Nullable Credentials google;
    private boolean closed;

    /** What stores of one server share. */
    private record Endpoint(RequestSlots slots, @Nullable S3AsyncClient s3) {}

    private record HttpKey(String authority, StoreSettings settings) {}

    private record S3Key(
            String endpoint, String region, boolean anonymous, boolean pathStyle, StoreSettings settings) {}

    private record TransfersKey(int redirects, StoreSettings settings) {}

    /**
     * Opens a store. No request is made: whether something lies there is seen when it is read.
     *
     * @throws ServiceException INVALID_ARGUMENT or UNSUPPORTED naming what of the location is not understood; UNAVAILABLE
     *     if there are no credentials for Google Cloud Storage
     */
    public synchronized ByteStore open(URI location, StoreSettings settings) {
        if (closed) {
            throw new ServiceException(ErrorCode.UNAVAILABLE, "stores are closed: the server is shutting down");
        }
        StoreLocation where = StoreLocation.parse(location);
        if (where instanceof StoreLocation.Local local) {
            return new LocalStore(local.folder(), settings.openFiles());
        } else if (where instanceof StoreLocation.Http http) {
            HttpObjects objects = new HttpObjects(http.url(), transfers(MOST_REDIRECTS, settings));
            String authority = http.url().getRawAuthority().toLowerCase(Locale.ROOT);
            RequestSlots slots = slots(new HttpKey(authority, settings), settings);
            return new RemoteStore(objects, settings, slots, counters("http"));
        } else if (where instanceof StoreLocation.S3 s3) {
            return s3(s3, settings);
        }
        StoreLocation.Gcs gcs = (StoreLocation.Gcs) where;
        URI endpoint = gcs.endpoint().orElse(GcsObjects.GOOGLE);
        GcsObjects objects = new GcsObjects(
                transfers(0, settings), // a token is for one server alone
                gcs.anonymous() ? null : google(location),
                endpoint,
                gcs.bucket(),
                gcs.prefix(),
                gcs.project());
        RequestSlots slots = slots(new HttpKey(endpoint.toString(), settings), settings);
        return new ListableStore(objects, settings, slots, counters("gs"));
    }

    private ByteStore s3(StoreLocation.S3 s3, StoreSettings settings) {
        S3Key key = new S3Key(
                s3.endpoint().map(URI::toString).orElse(""),
                s3.region().orElse(""),
                s3.anonymous(),
                s3.pathStyle(),
                settings);
        Endpoint endpoint = endpoints.computeIfAbsent(
                key, fresh -> new Endpoint(new RequestSlots(settings.concurrentRequests()), client(s3, settings)));
        S3AsyncClient client = endpoint.s3();
        if (client == null) {
            throw new IllegalStateException("no client of " + key);
        }
        S3Objects objects = new S3Objects(client, s3.bucket(), s3.prefix(), s3.requesterPays());
        return new ListableStore(objects, settings, endpoint.slots(), counters("s3"));
    }

    private S3AsyncClient client(StoreLocation.S3 s3, StoreSettings settings) {
        AwsCredentialsProvider credentials;
        if (s3.anonymous()) {
            credentials = AnonymousCredentialsProvider.create();
        } else {
            DefaultCredentialsProvider chain =
                    DefaultCredentialsProvider.builder().build();
            clients.add(chain);
            credentials = chain;
        }
        S3AsyncClientBuilder builder = S3AsyncClient.builder()
                .httpClientBuilder(NettyNioAsyncHttpClient.builder()
                        .eventLoopGroup(SdkEventLoopGroup.create(s3Threads()))
                        .maxConcurrency(settings.concurrentRequests())
                        .connectionTimeout(settings.connectTimeout())
                        .connectionAcquisitionTimeout(settings.quietTimeout())
                        .readTimeout(settings.quietTimeout()))
                // requests are made again, and ended, by RemoteStore: once, with its limits and counters
                .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED) // many servers know none
                .credentialsProvider(credentials)
                .region(region(s3))
                .forcePathStyle(s3.pathStyle());
        if (s3.endpoint().isPresent()) {
            builder.endpointOverride(s3.endpoint().get());
        } else {
            builder.crossRegionAccessEnabled(true); // a bucket's region is found by asking
        }
        S3AsyncClient client = builder.build();
        clients.add(client);
        return client;
    }

    /** The SDK's own threads would take two seconds to end. */
    private NioEventLoopGroup s3Threads() {
        NioEventLoopGroup threads = s3Threads;
        if (threads == null) {
            threads = new NioEventLoopGroup(0, new DefaultThreadFactory("store-s3", true));
            s3Threads = threads;
        }
        return threads;
    }

    private static Region region(StoreLocation.S3 s3) {
        if (s3.region().isPresent()) {
            return Region.of(s3.region().get());
        }
        if (s3.endpoint().isEmpty() && !s3.anonymous()) {
            try {
                return DefaultAwsRegionProviderChain.builder().build().getRegion();
            } catch (SdkClientException e) {
                return Region.US_EAST_1; // nobody said: the bucket's own is found by asking
            }
        }
        return Region.US_EAST_1;
    }

    private Credentials google(URI location) {
        Credentials found = google;
        if (found == null) {
            try {
                found = GoogleCredentials.getApplicationDefault()
                        .createScoped("https://www.googleapis.com/auth/devstorage.read_only");
            } catch (IOException e) {
                throw new ServiceException(
                        ErrorCode.UNAVAILABLE,
                        "there are no application default credentials for gs://" + location.getRawAuthority()
                                + ": set GOOGLE_APPLICATION_CREDENTIALS, or add anonymous=true to the location of a"
                                + " public bucket",
                        e);
            }
            google = found;
        }
        return found;
    }

    private HttpTransfers transfers(int redirects, StoreSettings settings) {
        return transfers.computeIfAbsent(
                new TransfersKey(redirects, settings), key -> new HttpTransfers(settings, redirects));
    }

    private RequestSlots slots(HttpKey key, StoreSettings settings) {
        return endpoints
                .computeIfAbsent(key, fresh -> new Endpoint(new RequestSlots(settings.concurrentRequests()), null))
                .slots();
    }

    private StoreCounters counters(String kind) {
        return counters.computeIfAbsent(kind, key -> new StoreCounters());
    }

    /** What was done so far, by kind of store: {@code http}, {@code s3}, {@code gs}; kinds that were never opened are not there. */
    public Map<String, StoreStatistics> statistics() {
        Map<String, StoreStatistics> all = new TreeMap<>();
        counters.forEach((kind, counts) -> all.put(kind, counts.snapshot()));
        return all;
    }

    @Override
    public synchronized void close() {
        closed = true;
        transfers.values().forEach(HttpTransfers::close);
        RuntimeException first = null;
        for (int i = clients.size() - 1; i >= 0; i--) {
            try {
                clients.get(i).close();
            } catch (Exception e) {
                if (first == null) {
                    first = new IllegalStateException("a client did not close", e);
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        clients.clear();
        if (s3Threads != null) {
            s3Threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
        }
        if (first != null) {
            throw first;
        }
    }
}
