package io.voxelflight.benchmarks.flightstream;

import io.voxelflight.model.BlockShape;
import io.voxelflight.model.ElementType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The limit of the machine: blocks in direct buffers, written to a socket 2 MiB at a time, without any protocol. Asked
 * with a line {@code TYPE COUNT}.
 */
final class SocketServer implements AutoCloseable {
    private static final int WRITE_BYTES = 2 << 20;

    private final Map<String, List<ByteBuffer>> blocks = new LinkedHashMap<>();
    private final ServerSocketChannel server;

    SocketServer(String host) throws IOException {
        Random random = new Random(1);
        for (ElementType type : WarmVolumes.TYPES) {
            List<ByteBuffer> buffers = new ArrayList<>();
            for (int i = 0; i < WarmVolumes.BLOCKS; i++) {
                ByteBuffer buffer = ByteBuffer.allocateDirect(BlockShape.DEFAULT.voxels() * type.bytes());
                while (buffer.hasRemaining()) {
                    buffer.putLong(random.nextLong());
                }
                buffers.add(buffer.flip());
            }
            blocks.put(type.numpyName(), buffers);
        }
        server = ServerSocketChannel.open().bind(new InetSocketAddress(host, 0));
        Thread thread = new Thread(this::serve);
        thread.setDaemon(true);
        thread.start();
    }

    int port() throws IOException {
        return ((InetSocketAddress) server.getLocalAddress()).getPort();
    }

    private void serve() {
        while (true) {
            try (SocketChannel client = server.accept()) {
                for (String line = line(client); !line.isEmpty(); line = line(client)) {
                    String[] asked = line.split(" ");
                    send(client, blocks.getOrDefault(asked[0], List.of()), Integer.parseInt(asked[1]));
                }
            } catch (AsynchronousCloseException closed) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static String line(SocketChannel client) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        StringBuilder line = new StringBuilder();
        while (client.read(one.clear()) == 1 && one.get(0) != '\n') {
            line.append(StandardCharsets.US_ASCII.decode(one.flip()));
        }
        return line.toString();
    }

    private static void send(SocketChannel client, List<ByteBuffer> buffers, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            ByteBuffer block = buffers.get(i % buffers.size()).duplicate();
            int size = block.limit();
            for (int from = 0; from < size; from += WRITE_BYTES) {
                block.limit(Math.min(size, from + WRITE_BYTES));
                while (block.hasRemaining()) {
                    client.write(block);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
