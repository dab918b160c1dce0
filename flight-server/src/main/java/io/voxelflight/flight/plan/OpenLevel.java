package io.voxelflight.flight.plan;

import io.voxelflight.blockio.assemble.ArrayReader;

/** The array of a level, open; closing it gives the volume back. */
public record OpenLevel(ArrayReader array, OpenVolumes.Lease lease) implements AutoCloseable {
    @Override
    public void close() {
        lease.close();
    }
}
