package io.voxelflight.blockio.fetch;

/**
 * One kind of remote store by its own protocol: single requests, without retries, limits or waiting, which are {@link
 * RemoteStore}'s. Requests do not block; what comes of them is told to the {@link Arrival}.
 */
interface RemoteObjects extends AutoCloseable {
    /** Ends a running request as soon as possible; nothing happens if it has ended. */
    interface Running {
        void stop();
    }

    /** Asks for bytes of an object. */
    Running get(String key, ByteRange range, Arrival arrival);

    /** Asks for an object's size: a reply without body. */
    Running head(String key, Arrival arrival);

    /** Where an object lies, for messages. */
    String describe(String key);

    @Override
    void close();
}
