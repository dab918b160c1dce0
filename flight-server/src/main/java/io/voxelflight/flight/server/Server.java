package io.voxelflight.flight.server;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.util.internal.PlatformDependent;
import io.voxelflight.blockio.assemble.ChunkCache;
import io.voxelflight.blockio.assemble.ChunkCacheStatistics;
import io.voxelflight.blockio.assemble.DiskCache;
import io.voxelflight.blockio.assemble.DiskCacheStatistics;
import io.voxelflight.blockio.assemble.ReadLimits;
import io.voxelflight.blockio.assemble.StoredVolumeOpener;
import io.voxelflight.blockio.fetch.StoreSettings;
import io.voxelflight.blockio.fetch.StoreStatistics;
import io.voxelflight.blockio.fetch.Stores;
import io.voxelflight.flight.access.Doorkeeper;
import io.voxelflight.flight.access.KeyRing;
import io.voxelflight.flight.access.KeysAndTokens;
import io.voxelflight.flight.access.TokenIssuer;
import io.voxelflight.flight.access.Tokens;
import io.voxelflight.flight.admission.Limits;
import io.voxelflight.flight.config.ByteSize;
import io.voxelflight.flight.config.Home;
import io.voxelflight.flight.http.HttpDoor;
import io.voxelflight.flight.http.HttpDoorSettings;
import io.voxelflight.flight.http.HttpLimits;
import io.voxelflight.flight.http.RequestBodies;
import io.voxelflight.flight.http.api.DatasetRoutes;
import io.voxelflight.flight.http.blocks.BlockRoutes;
import io.voxelflight.flight.http.zarr.ZarrLimits;
import io.voxelflight.flight.http.zarr.ZarrView;
import io.voxelflight.flight.measure.MeasureLimits;
import io.voxelflight.flight.measure.MeasureRoutes;
import io.voxelflight.flight.measure.Measurements;
import io.voxelflight.flight.plan.RecentDatasets;
import io.voxelflight.flight.rpc.CallMiddleware;
import io.voxelflight.flight.rpc.FlightDoor;
import io.voxelflight.flight.rpc.FlightDoorSettings;
import io.voxelflight.flight.server.sql.PlannedTensors;
import io.voxelflight.flight.server.sql.SqlRoutes;
import io.voxelflight.flight.server.sql.VisibleDatasets;
import io.voxelflight.flight.server.sql.WatchedStatement;
import io.voxelflight.flight.stream.BlockEngine;
import io.voxelflight.flight.stream.StreamMetrics;
import io.voxelflight.flight.ticket.RotatingKeys;
import io.voxelflight.flight.ticket.TicketSeal;
import io.voxelflight.flight.tls.ServerTls;
import io.voxelflight.flight.tls.TlsSettings;
import io.voxelflight.flight.usage.CallReports;
import io.voxelflight.flight.usage.RequestLog;
import io.voxelflight.flight.usage.StreamReports;
import io.voxelflight.flight.usage.UsageRecorder;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.SqlEngine;
import io.voxelflight.sql.SqlLimits;
import io.voxelflight.sql.flightsql.SqlProducer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server of a home: all modules put together, listening. Closing it drains and then closes everything. */
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    /** How often what was used is written to the database. */
    private static final Duration USAGE_EVERY = Duration.ofSeconds(3);

    /** What closes, the last opened first. */
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    private volatile @Nullable String notReady = "the server is starting";
    private String flightUri = "";
    private String httpUri = "";

    private Server() {}

    /**
     * Starts a server and returns when clients may connect.
     *
     * @throws ServiceException ALREADY_EXISTS if the home has one; UNAVAILABLE if a port is taken or the database does not
     *     answer; INVALID_ARGUMENT if the limits exceed the memory
     */
    public static Server start(Home home, Map<String, String> environment, ServerSettings settings) {
        checkMemory(settings);
        Server server = new Server();
        try {
            server.open(home.prepare(), environment, settings);
            return server;
        } catch (RuntimeException e) {
            try {
                server.close();
            } catch (RuntimeException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    public String flightUri() {
        return flightUri;
    }

    public String httpUri() {
        return httpUri;
    }

    private void open(Home home, Map<String, String> environment, ServerSettings settings) {
        RunningServer.Claim claim = add(RunningServer.Claim.take(home));
        Installation installation = add(Installation.open(home, environment, settings.migrate()));
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        add(metrics::close);
        BufferAllocator root = add(new RootAllocator(settings.totalBytes()));
        Stores stores = add(new Stores());
        measure(metrics, stores);
        DiskCache disk = settings.diskCache() == null
                ? null
                : add(DiskCache.open(
                        settings.diskCache().folder(), settings.diskCache().bytes()));
        boolean stored = settings.diskCache() != null && settings.diskCache().stored();
        ChunkCache cache = add(new ChunkCache(root, settings.cacheBytes(), stored ? null : disk));
        BufferAllocator streams = add(root.newChildAllocator("streams", 0, settings.streamBytes()));
        BufferAllocator rows = add(root.newChildAllocator("rows", 0, settings.sqlBytes()));
        BufferAllocator reads = add(root.newChildAllocator("reads", 0, settings.readBytes()));
        measure(metrics, cache, streams, rows);
        if (disk != null) {
            measure(metrics, disk);
        }
        ServerSettings.CallSettings calls = settings.calls();
        Limits limits = new Limits(calls.usual(), calls.requestsPerAddress());
        UsageRecorder usage = add(new UsageRecorder(
                installation.usageLog(),
                calls.accessLogShare(),
                calls.keepAccessLogDays(),
                USAGE_EVERY,
                Clock.systemUTC(),
                metrics));
        CallReports reports = calls.requestLog() ? usage.and(new RequestLog()) : usage;
        BlockEngine blocks = add(new BlockEngine(
                settings.maxStreams(),
                settings.streamBytes(),
                streams,
                new RecentDatasets(installation.datasets()),
                new StoredVolumeOpener(
                        reads,
                        cache,
                        ReadLimits.DEFAULT,
                        stored ? disk : null,
                        location -> stores.open(location, StoreSettings.DEFAULT)),
                new StreamMetrics(metrics),
                limits,
                new StreamReports(reports).and(usage)));
        Measurements measurements =
                add(new Measurements(blocks.planner(), installation.chunkIndex(), streams, MeasureLimits.DEFAULT));
        SqlEngine sql = add(new SqlEngine(
                installation.database().readOnly(), rows, SqlLimits.DEFAULT, new PlannedTensors(blocks.planner())));
        TlsSettings tlsFiles = settings.access().tls();
        ServerTls tls = tlsFiles == null ? null : add(ServerTls.open(tlsFiles, Clock.systemUTC()));
        VisibleDatasets visible = new VisibleDatasets(installation.datasets());
        Doorkeeper doorkeeper = doorkeeper(installation, settings.access());
        ZarrView zarr = add(new ZarrView(
                blocks,
                root,
                ZarrLimits.usual(settings.zarr().bytes()),
                settings.zarr().origins(),
                metrics));
        RequestBodies bodies = new RequestBodies(HttpLimits.DEFAULT);
        // before the Flight door: closed after it, it says "stopping" while streams drain
        HttpDoor http = add(HttpDoor.start(
                new HttpDoorSettings(settings.host(), settings.httpPort(), tls, HttpLimits.DEFAULT),
                doorkeeper,
                limits,
                reports,
                () -> whyNotReady(installation),
                metrics,
                List.of(
                        new DatasetRoutes(blocks.planner(), installation.details()),
                        new BlockRoutes(blocks, bodies),
                        new SqlRoutes(sql, visible, blocks, reports, bodies),
                        new MeasureRoutes(measurements, blocks.planner()),
                        zarr)));
        FlightDoor flight = add(FlightDoor.start(
                new FlightDoorSettings(
                        settings.host(), settings.flightPort(), settings.advertise(), settings.ownDoGet(), tls),
                blocks,
                streams,
                doorkeeper,
                new RotatingKeys(installation.ticketSecrets(), TicketSeal.TICKET_LIFE),
                new SqlProducer(
                        sql,
                        context -> visible.to(CallMiddleware.caller(context)),
                        context -> new WatchedStatement(CallMiddleware.request(context), limits, reports)),
                measurements,
                metrics,
                reports));
        flightUri = uri(tls == null ? "grpc" : "grpc+tls", settings.host(), flight.port());
        httpUri = uri(tls == null ? "http" : "https", settings.host(), http.port());
        claim.announce(flightUri, httpUri);
        notReady = null;
        LOG.info(
                "serving {} at {}, HTTP at {}; {} database, cache {}, streams {}",
                home.root(),
                flightUri,
                httpUri,
                installation.database().status().kind(),
                new ByteSize(settings.cacheBytes()),
                new ByteSize(settings.streamBytes()));
    }

    private Doorkeeper doorkeeper(Installation installation, ServerSettings.AccessSettings access) {
        if (!access.required()) {
            return Doorkeeper.OPEN;
        }
        Clock clock = Clock.systemUTC();
        Path tokens = access.tokens();
        return new KeysAndTokens(
                add(new KeyRing(installation.accessKeys(), clock)),
                tokens == null ? null : new Tokens(TokenIssuer.read(tokens), clock));
    }

    private Optional<String> whyNotReady(Installation installation) {
        String reason = notReady;
        return reason != null ? Optional.of(reason) : installation.database().whyNotReady();
    }

    private <T extends AutoCloseable> T add(T part) {
        parts.push(part);
        return part;
    }

    /** Closes everything, the first failure is thrown with the others suppressed. */
    @Override
    public void close() {
        notReady = "the server is stopping";
        Exception first = null;
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first instanceof RuntimeException known) {
            throw known;
        }
        if (first != null) {
            throw new ServiceException(ErrorCode.INTERNAL, "the server did not stop cleanly: " + first, first);
        }
    }

    private static void checkMemory(ServerSettings settings) {
        long most = PlatformDependent.maxDirectMemory();
        if (settings.totalBytes() > most) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "cache (" + new ByteSize(settings.cacheBytes()) + "), streams ("
                            + new ByteSize(settings.streamBytes()) + "), SQL (" + new ByteSize(settings.sqlBytes())
                            + "), reads (" + new ByteSize(settings.readBytes()) + ") and the Zarr view ("
                            + new ByteSize(settings.zarr().bytes()) + ") exceed the "
                            + new ByteSize(most)
                            + " that this process may take: lower --cache, --stream-memory or --zarr-memory");
        }
    }

    private static void measure(
            PrometheusMeterRegistry metrics, ChunkCache cache, BufferAllocator streams, BufferAllocator rows) {
        new JvmMemoryMetrics().bindTo(metrics);
        new JvmThreadMetrics().bindTo(metrics);
        new ProcessorMetrics().bindTo(metrics);
        new UptimeMetrics().bindTo(metrics);
        counter(metrics, cache, "hits", "Chunks found decoded", ChunkCacheStatistics::hits);
        counter(metrics, cache, "misses", "Chunks that were decoded", ChunkCacheStatistics::misses);
        counter(metrics, cache, "shared", "Requests that waited for another's decode", ChunkCacheStatistics::shared);
        counter(metrics, cache, "evictions", "Chunks dropped to make room", ChunkCacheStatistics::evictions);
        counter(metrics, cache, "failures", "Decodes that failed", ChunkCacheStatistics::failures);
        gauge(metrics, "voxelflight.cache.chunks", "Decoded chunks held", () -> cache.statistics()
                .chunks());
        gauge(metrics, "voxelflight.cache.bytes", "Decoded voxels held", () -> cache.statistics()
                .bytes());
        gauge(metrics, "voxelflight.cache.limit.bytes", "Most that may be held", () -> cache.statistics()
                .limitBytes());
        gauge(metrics, "voxelflight.stream.bytes", "Blocks on their way to clients", streams::getAllocatedMemory);
        gauge(metrics, "voxelflight.sql.bytes", "Rows on their way to clients", rows::getAllocatedMemory);
    }

    private static void measure(PrometheusMeterRegistry metrics, DiskCache disk) {
        counter(metrics, disk, "hits", "Chunks found on the disk", DiskCacheStatistics::hits);
        counter(metrics, disk, "misses", "Chunks looked for that were not on the disk", DiskCacheStatistics::misses);
        counter(metrics, disk, "writes", "Chunks written to the disk", DiskCacheStatistics::writes);
        counter(metrics, disk, "evictions", "Chunks dropped from the disk", DiskCacheStatistics::evictions);
        gauge(metrics, "voxelflight.disk.cache.chunks", "Chunks on the disk", () -> disk.statistics()
                .chunks());
        gauge(metrics, "voxelflight.disk.cache.bytes", "Disk space they take", () -> disk.statistics()
                .bytes());
        gauge(metrics, "voxelflight.disk.cache.limit.bytes", "Most they may take", () -> disk.statistics()
                .limitBytes());
    }

    private static void counter(
            PrometheusMeterRegistry metrics,
            DiskCache disk,
            String name,
            String description,
            ToDoubleFunction<DiskCacheStatistics> value) {
        FunctionCounter.builder("voxelflight.disk.cache." + name, disk, it -> value.applyAsDouble(it.statistics()))
                .description(description)
                .register(metrics);
    }

    private static void measure(PrometheusMeterRegistry metrics, Stores stores) {
        for (String kind : List.of("http", "s3", "gs")) {
            counter(metrics, stores, kind, "requests", "Requests to stores, retries too", StoreStatistics::requests);
            counter(metrics, stores, kind, "bytes", "Bytes that arrived from stores", StoreStatistics::bytes);
            counter(metrics, stores, kind, "retries", "Requests to stores made again", StoreStatistics::retries);
            counter(metrics, stores, kind, "failures", "Fetches from stores given up", StoreStatistics::failures);
        }
    }

    private static void counter(
            PrometheusMeterRegistry metrics,
            Stores stores,
            String kind,
            String name,
            String description,
            ToDoubleFunction<StoreStatistics> value) {
        FunctionCounter.builder("voxelflight.store." + name, stores, it -> {
                    StoreStatistics counted = it.statistics().get(kind);
                    return counted == null ? 0 : value.applyAsDouble(counted);
                })
                .tag("store", kind)
                .description(description)
                .register(metrics);
    }

    private static void counter(
            PrometheusMeterRegistry metrics,
            ChunkCache cache,
            String name,
            String description,
            ToDoubleFunction<ChunkCacheStatistics> value) {
        FunctionCounter.builder("voxelflight.cache." + name, cache, it -> value.applyAsDouble(it.statistics()))
                .description(description)
                .register(metrics);
    }

    private static void gauge(
            PrometheusMeterRegistry metrics, String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).register(metrics);
    }

    /** An address that a client of this machine can use: an address that stands for all is not one. */
    private static String uri(String scheme, String host, int port) {
        String reachable = host.equals("0.0.0.0") ? "127.0.0.1" : host.equals("::") ? "::1" : host;
        return scheme + "://" + (reachable.contains(":") ? "[" + reachable + "]" : reachable) + ":" + port;
    }
}
