package io.voxelflight.flight.stream;

import io.voxelflight.blockio.assemble.ArrayReader;

/**
 * Readers of blocks: as many as cores where reading is decoding, more where it is mostly waiting for a store far away.
 *
 * @param local reads volumes of this machine
 * @param remote reads those of stores where a request takes long
 */
public record ReadPools(ReadPool local, ReadPool remote) implements AutoCloseable {
    /** Blocks of remote volumes that are read at once: with eight chunks each this fills the requests that are allowed. */
    private static final int REMOTE = 16;

    /** Pools for this machine. */
    public static ReadPools forThisMachine() {
        int cores = Runtime.getRuntime().availableProcessors();
        return new ReadPools(new ReadPool("read-", cores), new ReadPool("read-remote-", Math.max(REMOTE, 2 * cores)));
    }

    ReadPool of(ArrayReader array) {
        return array.isRemote() ? remote : local;
    }

    @Override
    public void close() {
        local.close();
        remote.close();
    }
}
