package io.voxelflight.flight.access;

import io.voxelflight.model.DatasetName;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One call: who makes it, by which name the client and the logs know it, and, as far as it is known yet, what it is about.
 * Those who answer it add that; safe for use by many threads.
 */
public final class Request {
    /** A dataset that a call is about. */
    public record Subject(UUID id, DatasetName name) {}

    /** One that no client made: for work of our own. */
    public static final Request OWN = new Request("0000000000000000", Caller.ANYONE, "", Door.FLIGHT);

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int ID_BYTES = 8;

    private final String id;
    private final Caller caller;
    private final String address;
    private final AtomicBoolean counted = new AtomicBoolean();
    private final AtomicLong blocks = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private volatile Door door;
    private volatile String method = "";
    private volatile @Nullable Subject subject;

    private Request(String id, Caller caller, String address, Door door) {
        this.id = id;
        this.caller = caller;
        this.address = address;
        this.door = door;
    }

    /** A call over Flight. */
    public static Request of(Caller caller, String address) {
        return of(caller, address, Door.FLIGHT);
    }

    public static Request of(Caller caller, String address, Door door) {
        byte[] id = new byte[ID_BYTES];
        RANDOM.nextBytes(id);
        return new Request(HexFormat.of().formatHex(id), caller, address, door);
    }

    /** 16 hexadecimal digits, told to the client. */
    public String id() {
        return id;
    }

    public Caller caller() {
        return caller;
    }

    /** Of the client, without the port. */
    public String address() {
        return address;
    }

    /** By which it came in. */
    public Door door() {
        return door;
    }

    /** Says that it is for another door than its port's usual one. */
    public void to(Door actual) {
        door = actual;
    }

    /** What is asked for: a gRPC method, or an HTTP method and the template of the path. Never the client's own words. */
    public String method() {
        return method;
    }

    public void named(String asked) {
        method = asked;
    }

    /** The dataset that it is about; null if it is about none, or several, or it is not known yet. */
    public @Nullable Subject subject() {
        return subject;
    }

    public void about(UUID dataset, DatasetName name) {
        subject = new Subject(dataset, name);
    }

    /** Says what was sent of it; not for streams, which report that themselves. */
    public void sent(long someBlocks, long someBytes) {
        blocks.addAndGet(someBlocks);
        bytes.addAndGet(someBytes);
    }

    public long blocks() {
        return blocks.get();
    }

    public long bytes() {
        return bytes.get();
    }

    /**
     * Makes whoever asks first the one who reports how it ended: a stream where there is one, else the door. Others report
     * their own part of it, and do not count it again.
     *
     * @return whether the caller of this method was the first
     */
    public boolean count() {
        return counted.compareAndSet(false, true);
    }

    /** Whether somebody has undertaken to report how it ended. */
    public boolean isCounted() {
        return counted.get();
    }

    /** Without the secret, which it never held. */
    @Override
    public String toString() {
        return "request " + id;
    }
}
