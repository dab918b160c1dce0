package io.voxelflight.flight.rpc;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.voxelflight.blockio.assemble.VolumeOpener;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.DatasetReader;
import io.voxelflight.flight.admission.MemoryBudget;
import io.voxelflight.flight.admission.StreamGate;
import io.voxelflight.flight.plan.OpenVolumes;
import io.voxelflight.flight.plan.PlanLimits;
import io.voxelflight.flight.plan.Planner;
import io.voxelflight.flight.stream.BlockStreams;
import io.voxelflight.flight.stream.DoGetBinding;
import io.voxelflight.flight.stream.FrameCounters;
import io.voxelflight.flight.stream.ReadPools;
import io.voxelflight.flight.stream.StreamLimits;
import io.voxelflight.flight.ticket.CommandReader;
import io.voxelflight.flight.ticket.RequestLimits;
import io.voxelflight.flight.ticket.TicketSeal;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.logging.Level;
import org.apache.arrow.flight.FlightConstants;
import org.apache.arrow.flight.FlightGrpcUtils;
import org.apache.arrow.flight.FlightServerMiddleware;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.ServerHeaderMiddleware;
import org.apache.arrow.flight.auth.ServerAuthHandler;
import org.apache.arrow.flight.auth2.Auth2Constants;
import org.apache.arrow.flight.auth2.ServerCallHeaderAuthMiddleware;
import org.apache.arrow.flight.grpc.ServerBackpressureThresholdInterceptor;
import org.apache.arrow.flight.grpc.ServerInterceptorAdapter;
import org.apache.arrow.flight.grpc.ServerInterceptorAdapter.KeyFactory;
import org.apache.arrow.flight.sql.FlightSqlProducer;
import org.apache.arrow.memory.BufferAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Flight port, open: blocks, Flight SQL and gRPC health on one address. Closing it drains it. */
public final class FlightDoor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FlightDoor.class);

    /** gRPC warns with a trace of every message that a client which has gone does not take: no event for us. */
    private static final java.util.logging.Logger GONE_CLIENTS =
            java.util.logging.Logger.getLogger("io.grpc.netty.NettyServerHandler");

    /** Commands may have 16 MiB, and travel with a little around them. */
    private static final int INBOUND_BYTES = RequestLimits.DEFAULT.commandBytes() + (1 << 20);

    private static final int HEADER_BYTES = 64 << 10;

    /**
     * How much Netty takes before it says that the network is slower: it writes no more than the high mark at once, and
     * with its usual 64 KiB a block goes out in 50 pieces.
     */
    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(512 << 10, 1 << 20);

    /** A stream is ready for the next block while fewer bytes than that are queued. */
    private static final int QUEUED_BYTES = 2 << 20;

    private static final int CALL_THREADS = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration DRAIN = Duration.ofSeconds(10);
    private static final Duration SWEEP = Duration.ofSeconds(30);

    private final Server server;
    private final HealthStatusManager health;
    private final ReadPools pools;
    private final OpenVolumes volumes;
    private final FlightSqlProducer queries;
    private final BufferAllocator allocator;
    private final FrameCounters frames;
    private final StreamGate gate;
    private final MemoryBudget budget;
    private final List<ExecutorService> executors;

    private FlightDoor(
            Server server,
            HealthStatusManager health,
            ReadPools pools,
            OpenVolumes volumes,
            FlightSqlProducer queries,
            BufferAllocator allocator,
            FrameCounters frames,
            StreamGate gate,
            MemoryBudget budget,
            List<ExecutorService> executors) {
        this.server = server;
        this.health = health;
        this.pools = pools;
        this.volumes = volumes;
        this.queries = queries;
        this.allocator = allocator;
        this.frames = frames;
        this.gate = gate;
        this.budget = budget;
        this.executors = executors;
    }

    /**
     * Opens the port.
     *
     * @param parent a child of it accounts for what is on its way to clients
     * @param ticketKey signs tickets; at least 32 bytes
     * @param sql makes who answers everything that is not about blocks, given what opens volumes; the door closes it
     * @throws ServiceException UNAVAILABLE if the port is taken; INVALID_ARGUMENT for an advertised address that is none
     */
    public static FlightDoor start(
            FlightDoorSettings settings,
            BufferAllocator parent,
            DatasetReader datasets,
            VolumeOpener opener,
            byte[] ticketKey,
            Function<Planner, FlightSqlProducer> sql,
            MeterRegistry metrics) {
        GONE_CLIENTS.setLevel(Level.SEVERE);
        Location location = settings.location();
        ThreadPoolExecutor calls = threads("flight-call-", CALL_THREADS);
        // runs callbacks of gRPC and the sending of blocks: nothing that waits
        ThreadPoolExecutor callbacks =
                threads("flight-stream-", Math.max(2, Runtime.getRuntime().availableProcessors()));
        // answers health checks: never kept either
        ThreadPoolExecutor front = threads("flight-front-", 2);
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(named("flight-clock-"));
        BufferAllocator allocator = parent.newChildAllocator("flight", 0, Long.MAX_VALUE);

        PlanLimits planLimits = PlanLimits.usual(settings.streamMemoryBytes() / 4);
        OpenVolumes volumes = new OpenVolumes(opener, planLimits.openVolumes());
        Planner planner = new Planner(datasets, volumes, planLimits);
        FlightSqlProducer queries = sql.apply(planner);
        StreamGate gate = new StreamGate(settings.maxStreams(), PATIENCE, clock, calls);
        MemoryBudget budget = new MemoryBudget(settings.streamMemoryBytes());
        ReadPools pools = ReadPools.forThisMachine();
        FrameCounters frames = new FrameCounters();
        DoorMetrics counted = new DoorMetrics(metrics);
        counted.watch(gate, budget, frames);
        BlockStreams streams =
                new BlockStreams(planner, gate, budget, pools, callbacks, allocator, StreamLimits.DEFAULT, counted);
        TicketSeal seal = new TicketSeal(ticketKey, RequestLimits.DEFAULT);
        Clock time = Clock.systemUTC();
        Instant started = time.instant();
        DoorActions actions =
                new DoorActions(seal, streams, () -> status(settings, started, gate, budget, frames), time);
        DoorProducer producer = new DoorProducer(
                new CommandReader(RequestLimits.DEFAULT),
                seal,
                planner,
                streams,
                queries,
                actions,
                location,
                calls,
                allocator,
                time);
        ServerServiceDefinition flight = bind(allocator, producer, calls);
        if (settings.ownDoGet()) {
            flight = DoGetBinding.replaceDoGet(flight, producer::answer, frames, calls, QUEUED_BYTES);
        } else {
            flight = ServerInterceptors.intercept(flight, new ServerBackpressureThresholdInterceptor(QUEUED_BYTES));
        }
        HealthStatusManager health = new HealthStatusManager();
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(settings.host(), settings.port()))
                .directExecutor() // only looks up methods: each call goes on where ByMethod says
                .callExecutor(new ByMethod(front, callbacks, calls))
                .withChildOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .maxInboundMessageSize(INBOUND_BYTES)
                .maxInboundMetadataSize(HEADER_BYTES)
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .keepAliveTime(60, TimeUnit.SECONDS)
                .keepAliveTimeout(30, TimeUnit.SECONDS)
                .addService(flight)
                .addService(health.getHealthService())
                .intercept(new ServerInterceptorAdapter(List.of(
                        new KeyFactory<>(FlightConstants.HEADER_KEY, new ServerHeaderMiddleware.Factory()),
                        new KeyFactory<>(
                                FlightServerMiddleware.Key.of(Auth2Constants.AUTHORIZATION_HEADER),
                                new ServerCallHeaderAuthMiddleware.Factory(new OpenHouse())))))
                .intercept(counted)
                .build();
        Future<?> unused = clock.scheduleWithFixedDelay(
                () -> forgetRemoved(datasets, volumes), SWEEP.toMillis(), SWEEP.toMillis(), TimeUnit.MILLISECONDS);
        FlightDoor door = new FlightDoor(
                server,
                health,
                pools,
                volumes,
                queries,
                allocator,
                frames,
                gate,
                budget,
                List.of(clock, calls, callbacks, front));
        try {
            server.start();
        } catch (IOException e) {
            door.close();
            Throwable reason = e.getCause() == null ? e : e.getCause();
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE,
                    "Flight port " + settings.port() + " of " + settings.host() + " cannot be listened on ("
                            + reason.getMessage()
                            + "): stop what uses it, or choose another with --flight-port (0: a free one)",
                    e);
        }
        return door;
    }

    /** The port that is listened on. */
    public int port() {
        return server.getPort();
    }

    /** How messages of our own DoGet reached the network. */
    public FrameCounters frames() {
        return frames;
    }

    /** Block streams that run now. */
    public int runningStreams() {
        return gate.running();
    }

    /** Bytes that block streams may be holding now: what they have reserved. */
    public long streamBytes() {
        return budget.taken();
    }

    /** Bytes that are allocated for clients now. */
    public long allocatedBytes() {
        return allocator.getAllocatedMemory();
    }

    /** Flight's own binding of all methods. */
    @SuppressWarnings("deprecation") // Flight asks for a handler of its old kind of handshake
    private static ServerServiceDefinition bind(
            BufferAllocator allocator, DoorProducer producer, ExecutorService calls) {
        return FlightGrpcUtils.createFlightService(allocator, producer, ServerAuthHandler.NO_OP, calls)
                .bindService();
    }

    private static ObjectNode status(
            FlightDoorSettings settings, Instant started, StreamGate gate, MemoryBudget budget, FrameCounters frames) {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("started_at", started.toString());
        ObjectNode streams = json.putObject("streams");
        streams.put("running", gate.running());
        streams.put("waiting", gate.waiting());
        streams.put("limit", settings.maxStreams());
        ObjectNode memory = json.putObject("stream_memory");
        memory.put("bytes", budget.taken());
        memory.put("limit_bytes", budget.limit());
        ObjectNode sent = json.putObject("messages");
        sent.put("direct", frames.direct());
        sent.put("copied", frames.copied());
        sent.put("bytes", frames.bytes());
        json.put("own_do_get", settings.ownDoGet());
        return json;
    }

    /** Closes volumes whose datasets were removed, so that their files' space comes free. */
    private static void forgetRemoved(DatasetReader datasets, OpenVolumes volumes) {
        try {
            Set<UUID> gone = new HashSet<>(volumes.ids());
            if (!gone.isEmpty()) {
                datasets.datasets().stream().map(Dataset::id).forEach(gone::remove);
                volumes.forget(gone);
            }
        } catch (RuntimeException e) {
            log.debug("could not look for removed datasets, will try again", e);
        }
    }

    /** Takes no new calls, lets running ones end for a while, cancels the rest, and gives everything back. */
    @Override
    public void close() {
        health.enterTerminalState();
        server.shutdown();
        try {
            if (!server.awaitTermination(DRAIN.toMillis(), TimeUnit.MILLISECONDS)) {
                log.info("cancelling {} block streams that did not end within {} s", gate.running(), DRAIN.toSeconds());
                server.shutdownNow();
                if (!server.awaitTermination(DRAIN.toMillis(), TimeUnit.MILLISECONDS)) {
                    log.warn("some calls did not end");
                }
            }
            awaitEmpty();
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        executors.forEach(ExecutorService::shutdownNow);
        closeQueries();
        pools.close();
        volumes.close();
        allocator.close();
    }

    private void closeQueries() {
        try {
            queries.close();
        } catch (Exception e) {
            log.warn("the SQL service could not be closed", e);
        }
    }

    /** The last buffers come back from Netty a moment after the calls have ended. */
    private void awaitEmpty() throws InterruptedException {
        long deadline = System.nanoTime() + DRAIN.toNanos();
        while ((allocator.getAllocatedMemory() > 0 || gate.running() > 0) && System.nanoTime() < deadline) {
            Thread.sleep(5);
        }
    }

    /** Health is answered while all else is busy; callbacks of DoGet only pass work on; all others may wait. */
    private record ByMethod(ExecutorService front, ExecutorService callbacks, ExecutorService calls)
            implements ServerCallExecutorSupplier {
        @Override
        public <Q, A> ExecutorService getExecutor(ServerCall<Q, A> call, Metadata metadata) {
            if (HealthGrpc.SERVICE_NAME.equals(call.getMethodDescriptor().getServiceName())) {
                return front;
            }
            return "DoGet".equals(call.getMethodDescriptor().getBareMethodName()) ? callbacks : calls;
        }
    }

    private static ThreadPoolExecutor threads(String name, int count) {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(count, count, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named(name));
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    private static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, name + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
