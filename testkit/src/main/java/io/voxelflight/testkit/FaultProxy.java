package io.voxelflight.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a client and an HTTP/1.1 server, and does to requests what networks and servers do at times. Faults that
 * are queued are met one by each next request; when none is left, the fault for ever, if there is one; else the server's own
 * answer passes through. Every response closes its connection, so each request is seen.
 */
public final class FaultProxy implements AutoCloseable {
    /** What happens to a request. */
    public sealed interface Fault {
        /** Nothing. */
        record None() implements Fault {}

        /** The server is not asked: this is the answer. {@code headers} such as {@code Retry-After: 1}. */
        record Answer(int status, List<String> headers, String body) implements Fault {}

        /** The body stops after so many bytes, and the connection is reset. */
        record Reset(int bodyBytes) implements Fault {}

        /** The connection ends properly after so many bytes of the body, which the head announced in full. */
        record Truncated(int bodyBytes) implements Fault {}

        /** The head announces {@code more} bytes (or fewer, if negative) than the server's. */
        record WrongLength(int more) implements Fault {}

        /** A header of the server's answer has another value; empty: it is not there. */
        record Header(String name, String value) implements Fault {}

        /** So many bytes of the body come, then nothing for ever; negative: not even a head. */
        record Hang(int bodyBytes) implements Fault {}

        /** Every {@code bytes} of the body take {@code pause}. */
        record Slow(int bytes, Duration pause) implements Fault {}
    }

    /** The server's own answer. */
    public static final Fault NONE = new Fault.None();

    private final int target;
    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "fault-proxy");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger mostRunning = new AtomicInteger();
    private final List<String> heads = new ArrayList<>();
    private final Deque<Fault> queued = new ArrayDeque<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private Fault forEver = NONE;

    private FaultProxy(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        threads.execute(this::accept);
    }

    /** Starts before a server of this machine. */
    public static FaultProxy before(TestServer server) {
        try {
            return new FaultProxy(server.port());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What happens to the next requests, one each. */
    public synchronized FaultProxy next(Fault... faults) {
        queued.addAll(List.of(faults));
        return this;
    }

    /** What happens to every request for which nothing is queued. */
    public synchronized FaultProxy always(Fault fault) {
        forEver = fault;
        return this;
    }

    /** An answer of that status with a short text. */
    public static Fault status(int status, String... headers) {
        return new Fault.Answer(status, List.of(headers), "fault of the test");
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Requests seen so far. */
    public int requests() {
        return requests.get();
    }

    /** Requests that run now. */
    public int running() {
        return running.get();
    }

    /** The most requests that ran at once. */
    public int mostRunning() {
        return mostRunning.get();
    }

    /** The heads of all requests so far, as sent. */
    public List<String> heads() {
        synchronized (heads) {
            return List.copyOf(heads);
        }
    }

    private synchronized Fault fault() {
        Fault fault = queued.poll();
        return fault == null ? forEver : fault;
    }

    private void accept() {
        while (true) {
            try {
                Socket client = listener.accept();
                sockets.add(client);
                threads.execute(() -> serve(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket client) {
        boolean began = false;
        try (client) {
            client.setTcpNoDelay(true);
            String head = readHead(client.getInputStream());
            if (head == null) {
                return;
            }
            began = true;
            mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
            requests.incrementAndGet();
            synchronized (heads) {
                heads.add(head);
            }
            answer(head, fault(), client);
        } catch (IOException e) {
            // the client went away: it may
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (began) {
                running.decrementAndGet();
            }
            sockets.remove(client);
        }
    }

    private void answer(String head, Fault fault, Socket client) throws IOException, InterruptedException {
        OutputStream out = client.getOutputStream();
        if (fault instanceof Fault.Answer answer) {
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            StringBuilder text = new StringBuilder("HTTP/1.1 " + answer.status() + " Fault\r\n");
            answer.headers().forEach(header -> text.append(header).append("\r\n"));
            text.append("Content-Length: ").append(body.length).append("\r\nConnection: close\r\n\r\n");
            out.write(text.toString().getBytes(StandardCharsets.ISO_8859_1));
            if (!head.startsWith("HEAD ")) {
                out.write(body);
            }
            return;
        }
        if (fault instanceof Fault.Hang hang && hang.bodyBytes() < 0) {
            awaitEnd(client);
            return;
        }
        try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            sockets.add(server);
            server.getOutputStream()
                    .write(head.replaceFirst("(?i)\r\nConnection:[^\r]*", "")
                            .replaceFirst("\r\n\r\n$", "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = server.getInputStream();
            String answered = readHead(in);
            if (answered == null) {
                return;
            }
            out.write(changed(answered, fault).getBytes(StandardCharsets.ISO_8859_1));
            pass(in, out, fault, client);
            sockets.remove(server);
        }
    }

    private static String changed(String head, Fault fault) {
        StringBuilder changed = new StringBuilder();
        for (String line : head.strip().split("\r\n")) {
            String name =
                    line.contains(":") ? line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT) : "";
            if (name.equals("connection")) {
                continue;
            } else if (fault instanceof Fault.Header header
                    && name.equals(header.name().toLowerCase(Locale.ROOT))) {
                continue;
            } else if (fault instanceof Fault.WrongLength wrong && name.equals("content-length")) {
                long length = Long.parseLong(line.substring(15).strip()) + wrong.more();
                changed.append("Content-Length: ").append(length).append("\r\n");
                continue;
            }
            changed.append(line).append("\r\n");
        }
        if (fault instanceof Fault.Header header && !header.value().isEmpty()) {
            changed.append(header.name()).append(": ").append(header.value()).append("\r\n");
        }
        return changed + "Connection: close\r\n\r\n";
    }

    private void pass(InputStream in, OutputStream out, Fault fault, Socket client)
            throws IOException, InterruptedException {
        byte[] piece = new byte[fault instanceof Fault.Slow slow ? slow.bytes() : 16 << 10];
        int most = Integer.MAX_VALUE;
        if (fault instanceof Fault.Reset reset) {
            most = reset.bodyBytes();
        } else if (fault instanceof Fault.Truncated tooShort) {
            most = tooShort.bodyBytes();
        } else if (fault instanceof Fault.Hang hang) {
            most = hang.bodyBytes();
        }
        int passed = 0;
        while (passed < most) {
            int count = in.read(piece, 0, Math.min(piece.length, most - passed));
            if (count < 0) {
                return;
            }
            if (fault instanceof Fault.Slow slow && closing.await(slow.pause().toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
            out.write(piece, 0, count);
            passed += count;
        }
        if (fault instanceof Fault.Reset) {
            client.setSoLinger(true, 0); // close sends RST
        } else if (fault instanceof Fault.Hang) {
            awaitEnd(client);
        }
    }

    /** Waits until the client goes away, or this is closed. */
    private static void awaitEnd(Socket client) throws IOException {
        InputStream in = client.getInputStream();
        byte[] ignored = new byte[1024];
        int count = 0;
        while (count >= 0) {
            count = in.read(ignored);
        }
    }

    private static @Nullable String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 64 << 10) {
            int next = in.read();
            if (next < 0) {
                return null;
            }
            head.append((char) next);
            int end = head.length();
            if (next == '\n' && end >= 4 && head.substring(end - 4).equals("\r\n\r\n")) {
                return head.toString();
            }
        }
        throw new IOException("a head of more than 64 KiB");
    }

    /** From now on connections are refused, and those that stand are cut. */
    @Override
    public void close() {
        closing.countDown();
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }
}
