package io.voxelflight.flight.rpc;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.Context;
import io.voxelflight.flight.access.Caller;
import io.voxelflight.flight.measure.MeasureRequest;
import io.voxelflight.flight.measure.Measurements;
import io.voxelflight.flight.stream.BlockStreams;
import io.voxelflight.flight.ticket.BlockTicket;
import io.voxelflight.flight.ticket.TicketSeal;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Role;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelFlightInfoResult;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.FlightConstants;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightProducer.StreamListener;
import org.apache.arrow.flight.Result;
import org.jspecify.annotations.Nullable;

/** The actions that are ours: the server's status, and the cancelling of a flight of blocks. */
final class DoorActions {
    private static final String STATUS = "status";
    private static final String STATS = "stats";
    private static final String BBOX = "bbox";
    private static final Set<String> STATS_FIELDS = Set.of("dataset", "level", "box", "bins", "range");
    private static final Set<String> BBOX_FIELDS = Set.of("dataset", "level", "box", "threshold");
    private static final int REMEMBERED_FLIGHTS = 4096;

    private final TicketSeal seal;
    private final BlockStreams streams;
    private final Supplier<ObjectNode> status;
    private final @Nullable Measurements measurements;
    private final Clock clock;
    private final Set<UUID> cancelled = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Boolean> eldest) {
            return size() > REMEMBERED_FLIGHTS;
        }
    });

    /** @param measurements null: there are none */
    DoorActions(
            TicketSeal seal,
            BlockStreams streams,
            Supplier<ObjectNode> status,
            @Nullable Measurements measurements,
            Clock clock) {
        this.seal = seal;
        this.streams = streams;
        this.status = status;
        this.measurements = measurements;
        this.clock = clock;
    }

    List<ActionType> types() {
        List<ActionType> types = new ArrayList<>(List.of(
                new ActionType(STATUS, "What the server is doing: one result, a JSON object"),
                FlightConstants.CANCEL_FLIGHT_INFO));
        if (measurements != null) {
            types.add(new ActionType(STATS, "Statistics of a box of voxels: JSON in, one result, a JSON object"));
            types.add(new ActionType(BBOX, "The box around voxels above a threshold: JSON in, one result, JSON"));
        }
        return types;
    }

    /**
     * Runs an action if it is ours.
     *
     * @throws ServiceException PERMISSION_DENIED; UNAUTHENTICATED for tickets that were given to somebody else
     */
    boolean run(Action action, Caller caller, StreamListener<Result> listener) {
        if (action.getType().equals(STATUS)) {
            caller.require(Role.ADMIN, "the server's status");
            listener.onNext(new Result(status.get().toString().getBytes(StandardCharsets.UTF_8)));
            listener.onCompleted();
            return true;
        }
        if (measurements != null
                && (action.getType().equals(STATS) || action.getType().equals(BBOX))) {
            measure(action, caller, listener, measurements);
            return true;
        }
        if (!action.getType().equals(FlightConstants.CANCEL_FLIGHT_INFO.getType())) {
            return false;
        }
        Set<UUID> flights = flights(action.getBody(), caller);
        if (flights.isEmpty()) {
            return false;
        }
        synchronized (cancelled) {
            cancelled.addAll(flights);
        }
        flights.forEach(streams::cancel);
        listener.onNext(new Result(bytes(new CancelFlightInfoResult(CancelStatus.CANCELLED).serialize())));
        listener.onCompleted();
        return true;
    }

    /** Works on the calling thread, until it is done or the call is cancelled. */
    private static void measure(
            Action action, Caller caller, StreamListener<Result> listener, Measurements measurements) {
        boolean stats = action.getType().equals(STATS);
        MeasureRequest request = MeasureRequest.read(action.getBody(), stats ? STATS_FIELDS : BBOX_FIELDS);
        Cancellation cancellation = new Cancellation();
        Context call = Context.current();
        Context.CancellationListener cancel = context -> cancellation.cancel();
        call.addListener(cancel, Runnable::run);
        try {
            ObjectNode answer = stats
                    ? measurements.statistics(request, caller, cancellation)
                    : measurements.bounds(request, caller, cancellation);
            listener.onNext(new Result(answer.toString().getBytes(StandardCharsets.UTF_8)));
            listener.onCompleted();
        } finally {
            call.removeListener(cancel);
        }
    }

    /** The flights that a request names; none if its tickets are not ours. */
    private Set<UUID> flights(byte[] body, Caller caller) {
        try {
            Set<UUID> flights = new LinkedHashSet<>();
            CancelFlightInfoRequest request = CancelFlightInfoRequest.deserialize(ByteBuffer.wrap(body));
            for (FlightEndpoint endpoint : request.getInfo().getEndpoints()) {
                byte[] ticket = endpoint.getTicket().getBytes();
                if (TicketSeal.isTicket(ticket)) {
                    BlockTicket opened = seal.open(ticket, clock.instant());
                    if (!opened.caller().equals(caller.id())) {
                        throw new ServiceException(
                                ErrorCode.UNAUTHENTICATED,
                                "the ticket was given to somebody else: who asked for a flight can cancel it");
                    }
                    flights.add(opened.flight());
                }
            }
            return flights;
        } catch (IOException | URISyntaxException | UnsupportedOperationException e) {
            // the last is what Flight's own reader throws where the descriptor is missing
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the body of CancelFlightInfo cannot be read (" + e.getMessage()
                            + "): send the FlightInfo that GetFlightInfo answered, its descriptor included",
                    e);
        }
    }

    /** @throws ServiceException CANCELLED */
    void checkNotCancelled(UUID flight) {
        synchronized (cancelled) {
            if (cancelled.contains(flight)) {
                throw new ServiceException(
                        ErrorCode.CANCELLED, "the flight of this ticket was cancelled: ask again with GetFlightInfo");
            }
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
