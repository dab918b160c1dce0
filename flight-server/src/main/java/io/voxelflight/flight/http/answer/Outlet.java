package io.voxelflight.flight.http.answer;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.HttpOutput;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The body of one asynchronous answer: writes what it is handed as the client takes it, without a thread that waits, and gives
 * each part back when the network has its last byte, or never will. Until the first part comes the answer may still become
 * another one, such as a problem document.
 */
public final class Outlet implements WriteListener {
    private static final Logger log = LoggerFactory.getLogger(Outlet.class);

    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final Consumer<HttpServletResponse> head;
    private final CompletableFuture<@Nullable Void> answered = new CompletableFuture<>();
    /** Calls that want the outlet to be driven; only one thread does. */
    private final AtomicInteger driving = new AtomicInteger();

    private final Deque<Body> queue = new ArrayDeque<>();
    private @Nullable HttpOutput output;
    private @Nullable AsyncContext call;
    private boolean writable;
    private boolean ended;
    private @Nullable Throwable broken;
    private boolean gone;
    private int unsent;
    private Runnable onReady = () -> {};
    private Runnable onCancel = () -> {};

    /** What is being written: touched by the driving thread only. */
    private @Nullable Body current;

    /** @param head sets status and headers, just before the first byte */
    public Outlet(HttpServletRequest request, HttpServletResponse response, Consumer<HttpServletResponse> head) {
        this.request = request;
        this.response = response;
        this.head = head;
    }

    /**
     * Done when the whole answer is written; fails with what was told to {@link #fail} if nothing of it was; neither for one that
     * broke off.
     */
    public CompletableFuture<@Nullable Void> answered() {
        return answered;
    }

    /** @param body becomes the outlet's */
    public void send(Body body) {
        boolean refused;
        boolean first;
        synchronized (this) {
            refused = gone || broken != null;
            first = !refused && output == null;
            if (!refused) {
                queue.add(body);
                unsent++;
            }
        }
        if (refused) {
            body.close();
            return;
        }
        if (first) {
            open();
        }
        drive();
    }

    /** Nothing comes behind what was sent. */
    public void end() {
        synchronized (this) {
            ended = true;
        }
        drive();
    }

    private void open() {
        try {
            head.accept(response);
            if (!response.containsHeader("Content-Length")
                    && request.getProtocol().equals("HTTP/1.1")) {
                // else Jetty ends the answer of a client that closes the connection by closing it: a part looks like
                // the whole
                response.setHeader("Transfer-Encoding", "chunked");
            }
            ServletOutputStream stream = response.getOutputStream();
            synchronized (this) {
                output = (HttpOutput) stream;
                call = request.getAsyncContext();
            }
            stream.setWriteListener(this);
        } catch (IOException | RuntimeException e) {
            onError(e);
        }
    }

    /** Ends the answer with an error: a problem document if nothing was sent, else a connection that breaks off. */
    public void fail(Throwable failure) {
        boolean opened;
        synchronized (this) {
            opened = output != null;
            if (opened) {
                broken = failure;
            }
            ended = true;
        }
        if (!opened) {
            answered.completeExceptionally(failure);
            return;
        }
        log.warn("an answer that was under way breaks off", failure);
        drive();
    }

    /** The client must see that it did not get all. */
    private void abort(Throwable failure) {
        ServletContextRequest.getServletContextRequest(request)
                .getServletChannel()
                .abort(failure);
    }

    public synchronized int unsent() {
        return unsent;
    }

    public synchronized boolean isGone() {
        return gone;
    }

    public synchronized void onReady(Runnable handler) {
        onReady = handler;
    }

    public void onCancel(Runnable handler) {
        synchronized (this) {
            onCancel = handler;
            if (!gone) {
                return;
            }
        }
        handler.run();
    }

    @Override
    public void onWritePossible() {
        synchronized (this) {
            writable = true;
        }
        drive();
    }

    /** The client has gone. What was being written is ours again. */
    @Override
    public void onError(Throwable failure) {
        log.debug("the client of an answer has gone", failure);
        synchronized (this) {
            gone = true;
        }
        drive();
    }

    private void drive() {
        if (driving.getAndIncrement() != 0) {
            return; // who is at it will see it
        }
        int seen = 1;
        do {
            try {
                while (writeOne()) {
                    // on
                }
            } catch (IOException | RuntimeException | Error e) {
                synchronized (this) {
                    gone = true;
                }
                abort(e);
                clear(e);
            }
            seen = driving.addAndGet(-seen);
        } while (seen != 0);
    }

    private boolean writeOne() throws IOException {
        HttpOutput stream;
        boolean over;
        synchronized (this) {
            stream = output;
            over = gone;
            if (!over && (stream == null || !writable)) {
                return false;
            }
        }
        if (over || stream == null) {
            clear(null);
            return false;
        }
        if (!stream.isReady()) {
            return false; // onWritePossible or onError will come
        }
        // what was written last is out: only now may memory be given back, also that of an answer that breaks off
        Throwable failure;
        synchronized (this) {
            failure = broken;
            gone |= failure != null;
        }
        if (failure != null) {
            abort(failure);
            clear(null);
            return false;
        }
        ByteBuffer piece = nextPiece();
        if (piece == null) {
            return false;
        }
        stream.write(piece);
        return true;
    }

    private @Nullable ByteBuffer nextPiece() {
        while (true) {
            if (current != null) {
                ByteBuffer piece = current.next();
                if (piece != null) {
                    return piece;
                }
                giveBack();
            }
            boolean all;
            synchronized (this) {
                current = queue.poll();
                all = current == null && ended;
            }
            if (all) {
                answered.complete(null);
            }
            if (current == null) {
                return null;
            }
        }
    }

    private void giveBack() {
        Body sent = current;
        current = null;
        if (sent != null) {
            sent.close();
            Runnable handler;
            synchronized (this) {
                unsent--;
                handler = onReady;
            }
            handler.run();
        }
    }

    /** Gives everything back: the answer is over. */
    private void clear(@Nullable Throwable why) {
        if (why != null) {
            log.debug("an answer ended", why);
        }
        List<Body> left;
        Runnable handler;
        synchronized (this) {
            left = new ArrayList<>(queue);
            queue.clear();
            handler = onCancel;
        }
        if (current != null) {
            left.add(current);
            current = null;
        }
        left.forEach(Body::close);
        handler.run();
        complete();
    }

    /**
     * Ends a call whose answer failed. Not by {@link #answered}: Jetty may have let go of the request already, and Javalin, asked to
     * go on with such a one, never comes to an end.
     */
    private void complete() {
        AsyncContext failed;
        synchronized (this) {
            failed = call;
            call = null;
        }
        if (failed != null) {
            try {
                failed.complete();
            } catch (IllegalStateException e) {
                log.debug("the call was over already", e);
            }
        }
    }
}
