package io.voxelflight.flight.http.blocks;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.flight.access.Door;
import io.voxelflight.flight.access.Request;
import io.voxelflight.flight.http.HttpCalls;
import io.voxelflight.flight.http.HttpFailure;
import io.voxelflight.flight.http.HttpRoutes;
import io.voxelflight.flight.http.Negotiation;
import io.voxelflight.flight.http.Parameters;
import io.voxelflight.flight.http.RequestBodies;
import io.voxelflight.flight.http.answer.Body;
import io.voxelflight.flight.http.answer.BufferBody;
import io.voxelflight.flight.http.answer.Outlet;
import io.voxelflight.flight.plan.FlightPlan;
import io.voxelflight.flight.plan.PlannedBlock;
import io.voxelflight.flight.stream.BlockEngine;
import io.voxelflight.flight.stream.IpcBlocks;
import io.voxelflight.flight.ticket.BlockRequest;
import io.voxelflight.flight.ticket.BlockTicket;
import io.voxelflight.flight.ticket.CommandReader;
import io.voxelflight.flight.ticket.Origins;
import io.voxelflight.flight.ticket.RequestLimits;
import io.voxelflight.model.Box;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** {@code GET /block}, one block in the form that the client likes, and {@code POST /blocks}, many as an Arrow stream. */
public final class BlockRoutes implements HttpRoutes {
    /** Inside of one process a ticket is used at once. */
    private static final Duration LIFE = Duration.ofHours(1);

    private static final List<BlockFormat> STREAMS = List.of(BlockFormat.ARROW);

    private final BlockEngine blocks;
    private final RequestBodies bodies;
    private final CommandReader commands = new CommandReader(RequestLimits.DEFAULT);

    public BlockRoutes(BlockEngine blocks, RequestBodies bodies) {
        this.blocks = blocks;
        this.bodies = bodies;
    }

    @Override
    public String description() {
        return "blocks.openapi.json";
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/block", context -> block(context, true));
        routes.head("/block", context -> block(context, false));
        routes.post("/blocks", this::stream);
    }

    private void block(Context context, boolean withBody) {
        BlockQuery query = BlockQuery.of(context);
        Request request = HttpCalls.request(context);
        Dataset dataset = blocks.planner().find(query.dataset(), request.caller());
        BlockRequest wanted = new BlockRequest(
                dataset.name(),
                query.level(),
                query.shape(),
                new BlockRequest.At(new Origins.Builder().add(query.origin()).build()));
        FlightPlan plan = plan(dataset, wanted);
        BlockAnswer answer = new BlockAnswer(query, plan);
        if (answer.isKnownBy(context.header("If-None-Match"))) {
            answer.tell(context.res());
            context.status(304);
        } else if (withBody) {
            context.future(() -> send(context, ticket(plan, wanted, request), request, answer::head, answer));
        } else {
            answer.head(context.res());
        }
    }

    private FlightPlan plan(Dataset dataset, BlockRequest wanted) {
        try {
            return blocks.planner().plan(dataset, wanted);
        } catch (ServiceException e) {
            if (e.code()
                    == ErrorCode.RESOURCE_EXHAUSTED) { // here it means that a block is too large, whenever one asks
                throw HttpFailure.tooLarge(e.line());
            }
            throw e;
        }
    }

    private void stream(Context context) {
        Parameters.of(context);
        String type = context.req().getContentType();
        if (type != null && !type.split(";", -1)[0].strip().equalsIgnoreCase("application/json")) {
            throw HttpFailure.unsupportedType("a command is application/json, not '" + type + "'");
        }
        if (Negotiation.type(context).best(STREAMS, BlockFormat::mediaType).isEmpty()) {
            throw HttpFailure.notAcceptable("blocks cannot be sent as 'Accept: " + context.header("Accept")
                    + "' wishes, but as " + BlockFormat.ARROW.mediaType());
        }
        Request request = HttpCalls.request(context);
        context.future(() -> bodies.read(context).thenCompose(body -> {
            BlockRequest wanted = commands.command(body);
            FlightPlan plan = plan(blocks.planner().find(wanted.dataset(), request.caller()), wanted);
            IpcBlocks ipc = new IpcBlocks(plan.dataset(), plan.level().level(), plan.block());
            return send(
                    context, ticket(plan, wanted, request), request, response -> head(response, plan), new Stream(ipc));
        }));
    }

    private static void head(HttpServletResponse response, FlightPlan plan) {
        response.setContentType(BlockFormat.ARROW.mediaType());
        response.setHeader("Cache-Control", "private, no-cache");
        response.setHeader("X-Voxelflight-Dataset", plan.dataset().id().toString());
        response.setHeader("X-Voxelflight-Blocks", String.valueOf(plan.blocks()));
    }

    private CompletableFuture<@Nullable Void> send(
            Context context,
            BlockTicket ticket,
            Request request,
            Consumer<HttpServletResponse> head,
            HttpSink.Form form) {
        Outlet outlet = new Outlet(context.req(), context.res(), head);
        blocks.streams().start(ticket, request, Door.HTTP, new HttpSink(outlet, form));
        return outlet.answered();
    }

    /** All blocks of the plan in one stream: it is not divided as for several clients. */
    private static BlockTicket ticket(FlightPlan plan, BlockRequest wanted, Request request) {
        return new BlockTicket(
                UUID.randomUUID(),
                request.caller().id(),
                plan.dataset().id(),
                plan.dataset().name(),
                plan.level().level(),
                plan.block(),
                Instant.now().plus(LIFE),
                part(plan, wanted.selection()));
    }

    private static BlockTicket.Part part(FlightPlan plan, BlockRequest.Selection selection) {
        if (selection instanceof BlockRequest.At at) {
            return new BlockTicket.OriginList(at.origins());
        }
        if (selection instanceof BlockRequest.Within within) {
            Box box = within.box();
            return new BlockTicket.BoxRange(box, 0, plan.blocks());
        }
        return new BlockTicket.GridRange(0, plan.blocks());
    }

    /** Blocks as Arrow's IPC stream. */
    private record Stream(IpcBlocks ipc) implements HttpSink.Form {
        @Override
        public ByteBuffer begin() {
            return ipc.schema();
        }

        @Override
        public Body block(PlannedBlock block, ByteBuffer voxels, Runnable release) {
            return new BufferBody(List.of(ipc.before(block), voxels, ipc.behind()), release);
        }

        @Override
        public ByteBuffer end() {
            return IpcBlocks.end();
        }
    }
}
