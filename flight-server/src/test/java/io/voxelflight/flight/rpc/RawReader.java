package io.voxelflight.flight.rpc;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.impl.Flight;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.jspecify.annotations.Nullable;

/** A DoGet on a connection of its own that takes messages one by one when it is told to, and can be torn down. */
final class RawReader implements ClientResponseObserver<Flight.Ticket, Flight.FlightData>, AutoCloseable {
    final ManagedChannel channel;
    final AtomicInteger messages = new AtomicInteger();
    final CountDownLatch ended = new CountDownLatch(1);

    @Nullable
    volatile Throwable failure;

    @Nullable
    private volatile ClientCallStreamObserver<Flight.Ticket> call;

    RawReader(int port, byte[] ticket) {
        channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .maxInboundMessageSize(64 << 20)
                .flowControlWindow(64 << 10)
                .build();
        FlightServiceGrpc.newStub(channel)
                .doGet(
                        Flight.Ticket.newBuilder()
                                .setTicket(ByteString.copyFrom(ticket))
                                .build(),
                        this);
    }

    static byte[] ticket(FlightClient client, String command) {
        return client.getInfo(FlightDescriptor.command(FlightDoorTest.json(command)))
                .getEndpoints()
                .get(0)
                .getTicket()
                .getBytes();
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Flight.Ticket> started) {
        call = started;
        started.disableAutoRequestWithInitial(1);
    }

    void take(int count) {
        ClientCallStreamObserver<Flight.Ticket> running = call;
        if (running != null) {
            running.request(count);
        }
    }

    void cancel() {
        ClientCallStreamObserver<Flight.Ticket> running = call;
        if (running != null) {
            running.cancel("by the test", null);
        }
    }

    @Override
    public void onNext(Flight.FlightData message) {
        messages.incrementAndGet();
    }

    @Override
    public void onError(Throwable why) {
        failure = why;
        ended.countDown();
    }

    @Override
    public void onCompleted() {
        ended.countDown();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
