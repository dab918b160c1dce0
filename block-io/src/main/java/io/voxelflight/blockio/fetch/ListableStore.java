package io.voxelflight.blockio.fetch;

import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A remote store that can say what it holds. */
final class ListableStore extends RemoteStore implements ObjectLister {
    private final RemoteNames remote;

    <T extends RemoteObjects & RemoteNames> ListableStore(
            T objects, StoreSettings settings, RequestSlots slots, StoreCounters counters) {
        super(objects, settings, slots, counters);
        this.remote = objects;
    }

    @Override
    public List<String> list(String prefix, long most) {
        List<String> names = new ArrayList<>();
        String after = null;
        do {
            String mark = after;
            RemoteNames.Page page = Objects.requireNonNull(persist(prefix, new Cancellation(), () -> {
                try {
                    return remote.page(prefix, mark);
                } catch (InterruptedException e) {
                    throw interrupted(prefix, e);
                }
            }));
            names.addAll(page.names());
            if (names.size() > most) {
                throw new ServiceException(
                        ErrorCode.RESOURCE_EXHAUSTED,
                        describe(prefix) + " holds more than " + most + " names, which is the most that are listed");
            }
            after = page.next();
        } while (after != null);
        return names;
    }
}
