package io.voxelflight.flight.stream;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import java.util.concurrent.Executor;
import org.apache.arrow.flight.FlightProducer.CallContext;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.impl.Flight;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.jspecify.annotations.Nullable;

/**
 * The Flight service with a DoGet of our own: its messages go to the network by reference. Flight's builds its header in
 * a heap buffer, for which Netty copies every slice again, and its arrays reach the client at odd addresses.
 */
public final class DoGetBinding {
    /** Answers calls. */
    public interface Answerer {
        /** Begins to answer; runs on a thread that may be kept. What it throws ends the call. */
        void answer(CallContext context, Ticket ticket, FrameCall call);
    }

    private DoGetBinding() {}

    /**
     * The service {@code flight} with DoGet replaced.
     *
     * @param executor runs {@code answerer}
     * @param queuedBytes a call is ready for more while fewer bytes than that wait for the network
     */
    public static ServerServiceDefinition replaceDoGet(
            ServerServiceDefinition flight,
            Answerer answerer,
            FrameCounters counters,
            Executor executor,
            int queuedBytes) {
        String name = FlightServiceGrpc.getDoGetMethod().getFullMethodName();
        MethodDescriptor<Flight.Ticket, Frame> doGet = MethodDescriptor.<Flight.Ticket, Frame>newBuilder()
                .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
                .setFullMethodName(name)
                .setSampledToLocalTracing(false)
                .setRequestMarshaller(ProtoUtils.marshaller(Flight.Ticket.getDefaultInstance()))
                .setResponseMarshaller(new FrameMarshaller(counters))
                .setSchemaDescriptor(FlightServiceGrpc.getDoGetMethod().getSchemaDescriptor())
                .build();
        ServiceDescriptor.Builder service = ServiceDescriptor.newBuilder(
                        flight.getServiceDescriptor().getName())
                .setSchemaDescriptor(flight.getServiceDescriptor().getSchemaDescriptor())
                .addMethod(doGet);
        for (MethodDescriptor<?, ?> method : flight.getServiceDescriptor().getMethods()) {
            if (!method.getFullMethodName().equals(name)) {
                service.addMethod(method);
            }
        }
        ServerServiceDefinition.Builder bound = ServerServiceDefinition.builder(service.build());
        bound.addMethod(doGet, new Handler(answerer, executor, queuedBytes));
        for (ServerMethodDefinition<?, ?> method : flight.getMethods()) {
            if (!method.getMethodDescriptor().getFullMethodName().equals(name)) {
                bound.addMethod(method);
            }
        }
        return bound.build();
    }

    private record Handler(Answerer answerer, Executor executor, int queuedBytes)
            implements ServerCallHandler<Flight.Ticket, Frame> {
        @Override
        public ServerCall.Listener<Flight.Ticket> startCall(ServerCall<Flight.Ticket, Frame> call, Metadata headers) {
            call.setOnReadyThreshold(queuedBytes);
            call.request(2); // one message and the end
            return new Listener(this, call);
        }
    }

    private static final class Listener extends ServerCall.Listener<Flight.Ticket> {
        private final Handler handler;
        private final ServerCall<Flight.Ticket, Frame> call;
        private final FrameCall frames;
        private final CallContext context;

        private Flight.@Nullable Ticket ticket;

        Listener(Handler handler, ServerCall<Flight.Ticket, Frame> call) {
            this.handler = handler;
            this.call = call;
            this.frames = new FrameCall(call);
            this.context = new DoGetContext(frames);
        }

        @Override
        public void onMessage(Flight.Ticket message) {
            ticket = message;
        }

        @Override
        public void onHalfClose() {
            Flight.Ticket asked = ticket;
            if (asked == null) {
                call.close(Status.INVALID_ARGUMENT.withDescription("DoGet takes one ticket"), new Metadata());
                return;
            }
            handler.executor.execute(() -> {
                try {
                    handler.answerer.answer(
                            context, new Ticket(asked.getTicket().toByteArray()), frames);
                } catch (RuntimeException | Error e) {
                    frames.fail(e);
                }
            });
        }

        @Override
        public void onReady() {
            frames.ready();
        }

        @Override
        public void onCancel() {
            frames.cancelled();
        }
    }
}
