package io.voxelflight.flight.http.zarr;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.voxelflight.blockio.format.ZarrFormat;
import io.voxelflight.flight.access.Door;
import io.voxelflight.flight.access.Request;
import io.voxelflight.flight.admission.Limits;
import io.voxelflight.flight.admission.Pace;
import io.voxelflight.flight.http.HttpCalls;
import io.voxelflight.flight.http.HttpRoutes;
import io.voxelflight.flight.stream.BlockEngine;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Zarr view of every dataset: {@code /zarr/NAME/KEY} is OME-Zarr 0.5, {@code /zarr2/NAME/KEY} is OME-Zarr 0.4.
 *
 * <p>A chunk passes through: room for the answer, a place at the gate, the stored bytes or an encoded block, the network.
 * None of these is waited for by a thread.
 */
public final class ZarrView implements HttpRoutes, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ZarrView.class);

    private static final String V3 = "/zarr";
    private static final String V2 = "/zarr2";
    private static final String JSON = "application/json";
    private static final String CHUNK = "application/octet-stream";
    private static final Duration DRAIN = Duration.ofSeconds(10);

    /** Stands in the names of versions for how chunks are encoded: to be changed with it. */
    private static final String ENCODING = "1";

    private final ZarrLimits limits;
    private final Limits shares;
    private final AllowedOrigins origins;
    private final Descriptions descriptions;
    private final ChunkSource chunks;
    private final EncodedChunks encodedChunks;
    private final AnswerMemory memory;
    private final ExecutorService encoders;
    private final ScheduledThreadPoolExecutor clock;
    private final BufferAllocator allocator;

    /**
     * @param parent a child of it accounts for all chunks of the view
     * @param origins web pages that may read the answers
     */
    public ZarrView(
            BlockEngine engine,
            BufferAllocator parent,
            ZarrLimits limits,
            AllowedOrigins origins,
            MeterRegistry metrics) {
        this.limits = limits;
        this.shares = engine.limits();
        this.origins = origins;
        allocator = parent.newChildAllocator("zarr view", 0, limits.bytes());
        encoders = Executors.newFixedThreadPool(limits.encoders(), named("zarr-encode-"));
        clock = new ScheduledThreadPoolExecutor(1, named("zarr-clock-"));
        clock.setRemoveOnCancelPolicy(true);
        descriptions = new Descriptions(engine.planner(), limits.openDatasets(), limits.recheck(), System::nanoTime);
        encodedChunks = new EncodedChunks(limits.cacheBytes());
        memory = new AnswerMemory(limits.answerBytes(), limits.patience(), clock);
        chunks = new ChunkSource(engine, encodedChunks, encoders, allocator, metrics);
        Gauge.builder("voxelflight.zarr.cache.bytes", encodedChunks, EncodedChunks::bytes)
                .description("Encoded chunks held")
                .register(metrics);
        Gauge.builder("voxelflight.zarr.answer.bytes", memory, AnswerMemory::taken)
                .description("Chunks on their way to clients of the Zarr view")
                .register(metrics);
    }

    @Override
    public String description() {
        return "zarr.openapi.json";
    }

    @Override
    public void addBeforeAccess(RoutesConfig routes) {
        for (String root : new String[] {V3, V2}) {
            routes.before(root + "/*", origins::answer); // on refusals too: else a page cannot tell why
        }
    }

    @Override
    public void addTo(RoutesConfig routes) {
        add(routes, V3, ZarrFormat.V3);
        add(routes, V2, ZarrFormat.V2);
    }

    private void add(RoutesConfig routes, String root, ZarrFormat format) {
        String path = root + "/{dataset}/<key>";
        Handler handler = context -> answer(context, format);
        routes.get(path, handler);
        routes.head(path, handler);
        routes.options(path, context -> context.status(204));
    }

    private void answer(Context context, ZarrFormat format) {
        Request request = HttpCalls.request(context);
        request.to(Door.ZARR);
        ViewedDataset dataset = descriptions.of(name(context.pathParam("dataset")), request.caller());
        request.about(dataset.dataset().id(), dataset.dataset().name());
        String key = context.pathParam("key");
        Optional<ZarrKey> named = ZarrKey.parse(key, format);
        if (named.isPresent() && named.get() instanceof ZarrKey.Chunk chunk) {
            BlockIndex index = dataset.chunk(chunk).orElseThrow(() -> nothing(dataset, key));
            answerChunk(context, request, dataset, dataset.levels().get(chunk.level()), format, index);
            return;
        }
        byte[] document = dataset.document(format, key).orElseThrow(() -> nothing(dataset, key));
        Answer answer = new Answer(JSON, etag(document), ByteBuffer.wrap(document), () -> {});
        context.future(() -> {
            CompletableFuture<Void> done = new CompletableFuture<>();
            send(context, answer, done);
            return done;
        });
    }

    private static DatasetName name(String text) {
        try {
            return new DatasetName(text);
        } catch (ServiceException noName) {
            throw new ServiceException(ErrorCode.NOT_FOUND, "there is no dataset of such a name", noName);
        }
    }

    private static ServiceException nothing(ViewedDataset dataset, String key) {
        String shown = key.length() > 140 ? key.substring(0, 140) + "..." : key;
        return new ServiceException(
                ErrorCode.NOT_FOUND,
                "the Zarr view of '" + dataset.dataset().name() + "' has nothing at '" + shown + "'");
    }

    private void answerChunk(
            Context context,
            Request request,
            ViewedDataset dataset,
            ViewedLevel level,
            ZarrFormat format,
            BlockIndex index) {
        ChunkForm form = level.form(format);
        String etag = etag(dataset, level, form, index);
        if (Answer.isKnown(context, etag)) {
            Answer.notModified(context, etag); // we gave it, so there is such a chunk
            return;
        }
        Pace pace = shares.pace(request.caller());
        context.future(() -> {
            CompletableFuture<Void> done = new CompletableFuture<>();
            CompletableFuture<?> unused = turn(pace) // before anything is held
                    .thenCompose(now -> memory.take(request.caller().id(), ChunkSource.mostBytes(dataset, level, form)))
                    .thenCompose(room -> chunks.chunk(request, dataset, level, form, index)
                            .thenApply(bytes -> bytes.orElseThrow(() -> nothing(dataset, context.path())))
                            .thenApply(bytes -> chunk(etag, bytes, room))
                            .exceptionallyCompose(failure -> {
                                room.close();
                                return CompletableFuture.failedFuture(failure);
                            }))
                    .thenAccept(chunk -> {
                        int bytes = chunk.body().remaining();
                        pace.sent(bytes);
                        request.sent(1, bytes);
                        send(context, chunk, done);
                    })
                    .exceptionally(failure -> {
                        done.completeExceptionally(cause(failure));
                        return null;
                    });
            return done;
        });
    }

    /** Done when the caller's rate lets something be sent. */
    private CompletableFuture<Boolean> turn(Pace pace) {
        CompletableFuture<Boolean> turn = new CompletableFuture<>();
        Runnable attempt = new Runnable() {
            @Override
            public void run() {
                if (pace.isReady(clock, this)) {
                    turn.complete(true);
                }
            }
        };
        attempt.run();
        return turn;
    }

    private static Answer chunk(String etag, ArrowBuf bytes, AnswerMemory.Room room) {
        room.shrink(bytes.getReferenceManager().getSize());
        ByteBuffer body = bytes.nioBuffer(0, Math.toIntExact(bytes.capacity()));
        return new Answer(CHUNK, etag, body, () -> {
            bytes.close();
            room.close();
        });
    }

    private static Throwable cause(@Nullable Throwable failure) {
        Throwable reason = failure == null ? new IllegalStateException("nothing came") : failure;
        return reason instanceof CompletionException && reason.getCause() != null ? reason.getCause() : reason;
    }

    private void send(Context context, Answer answer, CompletableFuture<Void> done) {
        ScheduledFuture<?> deadline = clock.schedule(
                () -> cutOff(context), limits.sending(answer.body().remaining()).toMillis(), TimeUnit.MILLISECONDS);
        try {
            answer.send(context, () -> {
                deadline.cancel(false);
                done.complete(null);
            });
        } catch (RuntimeException | Error e) {
            deadline.cancel(false);
            done.completeExceptionally(e);
        }
    }

    /** Ends the connection of a client that takes its answer too slowly. */
    private static void cutOff(Context context) {
        log.info("cutting off a client at {} that takes its chunk too slowly", context.ip());
        ServletContextRequest.getServletContextRequest(context.req())
                .getConnectionMetaData()
                .getConnection()
                .getEndPoint()
                .close();
    }

    /** Names a version of a chunk: a dataset's voxels never change, one made anew has another id. */
    private static String etag(ViewedDataset dataset, ViewedLevel level, ChunkForm form, BlockIndex index) {
        String how = form.stored() ? (form.cut() ? "sc" : "s") : "e" + ENCODING;
        return "\"" + dataset.dataset().id() + "-" + level.level().level() + "-" + index.t() + "." + index.c() + "."
                + index.z() + "." + index.y() + "." + index.x() + "-" + how + "\"";
    }

    private static String etag(byte[] document) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(document);
            return "\"" + HexFormat.of().formatHex(digest, 0, 16) + "\"";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, name + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Gives everything back once the last answers are sent or given up, a moment after the door closed. */
    @Override
    public void close() {
        encodedChunks.close();
        long deadline = System.nanoTime() + DRAIN.toNanos();
        try {
            while (allocator.getAllocatedMemory() > 0 && System.nanoTime() < deadline) {
                Thread.sleep(5);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        encoders.shutdownNow();
        clock.shutdownNow();
        allocator.close();
    }
}
