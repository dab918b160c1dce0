package io.voxelflight.blockio.fetch;

import java.util.ArrayList;
import java.util.List;

/** Requests that follow one another as one: stopped together, and one that is added after that is stopped at once. */
final class RequestChain implements RemoteObjects.Running {
    private final List<RemoteObjects.Running> parts = new ArrayList<>();
    private boolean stopped;

    void add(RemoteObjects.Running part) {
        synchronized (this) {
            if (!stopped) {
                parts.add(part);
                return;
            }
        }
        part.stop();
    }

    @Override
    public void stop() {
        List<RemoteObjects.Running> all;
        synchronized (this) {
            stopped = true;
            all = List.copyOf(parts);
        }
        all.forEach(RemoteObjects.Running::stop);
    }
}
