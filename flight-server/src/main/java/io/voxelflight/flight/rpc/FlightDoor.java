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
import io.voxelflight.flight.access.Doorkeeper;
import io.voxelflight.flight.measure.Measurements;
import io.voxelflight.flight.stream.BlockEngine;
import io.voxelflight.flight.stream.DoGetBinding;
import io.voxelflight.flight.stream.FrameCounters;
import io.voxelflight.flight.ticket.CommandReader;
import io.voxelflight.flight.ticket.RequestLimits;
import io.voxelflight.flight.ticket.TicketKeys;
import io.voxelflight.flight.ticket.TicketSeal;
import io.voxelflight.flight.usage.CallReports;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import org.apache.arrow.flight.FlightConstants;
import org.apache.arrow.flight.FlightGrpcUtils;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.ServerHeaderMiddleware;
import org.apache.arrow.flight.auth.ServerAuthHandler;
import org.apache.arrow.flight.grpc.ServerBackpressureThresholdInterceptor;
import org.apache.arrow.flight.grpc.ServerInterceptorAdapter;
import org.apache.arrow.flight.grpc.ServerInterceptorAdapter.KeyFactory;
import org.apache.arrow.flight.sql.FlightSqlProducer;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Flight port, open: blocks, Flight SQL and gRPC health on one address. Closing it drains it. */
public final class FlightDoor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FlightDoor.class);

    /**
     * gRPC warns with a trace of every message that a client which has gone does not take, and of every connection that does
     * not speak TLS: no events for us.
     */
    private static final List<java.util.logging.Logger> NOISY = List.of(
            java.util.logging.Logger.getLogger("io.grpc.netty.NettyServerHandler"),
            java.util.logging.Logger.getLogger("io.grpc.netty.NettyServerTransport"),
            java.util.logging.Logger.getLogger("io.grpc.netty.NettyServerTransport.connections"));

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
    private static final Duration DRAIN = Duration.ofSeconds(10);

    private final Server server;
    private final HealthStatusManager health;
    private final FlightSqlProducer queries;
    private final BufferAllocator allocator;
    private final FrameCounters frames;
    private final List<ExecutorService> executors;

    private FlightDoor(
            Server server,
            HealthStatusManager health,
            FlightSqlProducer queries,
            BufferAllocator allocator,
            FrameCounters frames,
            List<ExecutorService> executors) {
        this.server = server;
        this.health = health;
        this.queries = queries;
        this.allocator = allocator;
        this.frames = frames;
        this.executors = executors;
    }

    /** Opens the port without measurements and reports; all else as below. */
    public static FlightDoor start(
            FlightDoorSettings settings,
            BlockEngine blocks,
            BufferAllocator parent,
            Doorkeeper doorkeeper,
            TicketKeys ticketKeys,
            FlightSqlProducer sql,
            MeterRegistry metrics) {
        return start(settings, blocks, parent, doorkeeper, ticketKeys, sql, null, metrics, CallReports.NONE);
    }

    /**
     * Opens the port.
     *
     * @param blocks serves blocks; stays open
     * @param parent a child of it accounts for the small columns of Flight's own DoGet
     * @param doorkeeper says who calls
     * @param ticketKeys sign tickets
     * @param sql answers everything that is not about blocks; the door closes it
     * @param measurements answers the actions {@code stats} and {@code bbox}; null: nobody does
     * @param reports told how calls ended, except for streams of blocks
     * @throws ServiceException UNAVAILABLE if the port is taken; INVALID_ARGUMENT for an advertised address that is none
     */
    public static FlightDoor start(
            FlightDoorSettings settings,
            BlockEngine blocks,
            BufferAllocator parent,
            Doorkeeper doorkeeper,
            TicketKeys ticketKeys,
            FlightSqlProducer sql,
            @Nullable Measurements measurements,
            MeterRegistry metrics,
            CallReports reports) {
        NOISY.forEach(logger -> logger.setLevel(Level.SEVERE));
        Location location = settings.location();
        ThreadPoolExecutor calls = threads("flight-call-", CALL_THREADS);
        // answers health checks: never kept
        ThreadPoolExecutor front = threads("flight-front-", 2);
        BufferAllocator allocator = parent.newChildAllocator("flight", 0, Long.MAX_VALUE);
        FrameCounters frames = new FrameCounters();
        TicketSeal seal = new TicketSeal(ticketKeys, RequestLimits.DEFAULT);
        Clock time = Clock.systemUTC();
        Instant started = time.instant();
        DoorActions actions = new DoorActions(
                seal, blocks.streams(), () -> status(settings.ownDoGet(), started, blocks, frames), measurements, time);
        DoorProducer producer = new DoorProducer(
                new CommandReader(RequestLimits.DEFAULT), seal, blocks, sql, actions, location, calls, allocator, time);
        ServerServiceDefinition flight = bind(allocator, producer, calls);
        if (settings.ownDoGet()) {
            flight = DoGetBinding.replaceDoGet(flight, producer::answer, frames, calls, QUEUED_BYTES);
        } else {
            flight = ServerInterceptors.intercept(flight, new ServerBackpressureThresholdInterceptor(QUEUED_BYTES));
        }
        HealthStatusManager health = new HealthStatusManager();
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(new InetSocketAddress(settings.host(), settings.port()));
        if (settings.tls() != null) {
            builder.sslContext(FlightTls.context(settings.tls()));
        }
        Server server = builder.directExecutor() // only looks up methods: each call goes on where ByMethod says
                .callExecutor(new ByMethod(front, blocks.sending(), calls))
                .withChildOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .maxInboundMessageSize(INBOUND_BYTES)
                .maxInboundMetadataSize(HEADER_BYTES)
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .keepAliveTime(60, TimeUnit.SECONDS)
                .keepAliveTimeout(30, TimeUnit.SECONDS)
                .addService(flight)
                .addService(health.getHealthService())
                // the last one added is asked first
                .intercept(new ServerInterceptorAdapter(List.of(
                        new KeyFactory<>(FlightConstants.HEADER_KEY, new ServerHeaderMiddleware.Factory()),
                        CallMiddleware.FACTORY)))
                .intercept(new CallInterceptor(doorkeeper, blocks.limits(), reports))
                .intercept(new CallMetrics(metrics, frames))
                .build();
        FlightDoor door = new FlightDoor(server, health, sql, allocator, frames, List.of(calls, front));
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

    /** Flight's own binding of all methods. */
    @SuppressWarnings("deprecation") // Flight asks for a handler of its old kind of handshake
    private static ServerServiceDefinition bind(
            BufferAllocator allocator, DoorProducer producer, ExecutorService calls) {
        return FlightGrpcUtils.createFlightService(allocator, producer, ServerAuthHandler.NO_OP, calls)
                .bindService();
    }

    private static ObjectNode status(boolean ownDoGet, Instant started, BlockEngine blocks, FrameCounters frames) {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("started_at", started.toString());
        ObjectNode streams = json.putObject("streams");
        streams.put("running", blocks.gate().running());
        streams.put("waiting", blocks.gate().waiting());
        streams.put("limit", blocks.gate().limit());
        ObjectNode memory = json.putObject("stream_memory");
        memory.put("bytes", blocks.budget().taken());
        memory.put("limit_bytes", blocks.budget().limit());
        ObjectNode sent = json.putObject("messages");
        sent.put("direct", frames.direct());
        sent.put("copied", frames.copied());
        sent.put("bytes", frames.bytes());
        json.put("own_do_get", ownDoGet);
        return json;
    }

    /** Takes no new calls, lets running ones end for a while, cancels the rest, and gives everything back. */
    @Override
    public void close() {
        health.enterTerminalState();
        server.shutdown();
        try {
            if (!server.awaitTermination(DRAIN.toMillis(), TimeUnit.MILLISECONDS)) {
                log.info("cancelling calls that did not end within {} s", DRAIN.toSeconds());
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
        while (allocator.getAllocatedMemory() > 0 && System.nanoTime() < deadline) {
            Thread.sleep(5);
        }
    }

    /** Health is answered while all else is busy; callbacks of DoGet only pass work on; all others may wait. */
    private record ByMethod(Executor front, Executor callbacks, Executor calls) implements ServerCallExecutorSupplier {
        @Override
        public <Q, A> Executor getExecutor(ServerCall<Q, A> call, Metadata metadata) {
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
