package io.voxelflight.flight.http.api;

import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.flight.http.Parameters;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ServiceException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;

/**
 * Where a page of the list of datasets ended. A list goes on behind that place whatever was added or removed in between: no
 * dataset comes twice, none that stayed is left out.
 *
 * @param sort the list's order, which must stay the same
 */
record PageCursor(DatasetOrder.Sort sort, DatasetName name, Instant createdAt) {
    static PageCursor behind(DatasetOrder.Sort sort, Dataset last) {
        return new PageCursor(sort, last.name(), last.createdAt());
    }

    /** @throws ServiceException INVALID_ARGUMENT for a cursor that is not ours, or of another order */
    static PageCursor parse(String text, DatasetOrder.Sort sort) {
        PageCursor cursor = read(text);
        if (!cursor.sort().equals(sort)) {
            throw Parameters.refused("cursor", text, "it goes on with a list in another order: give the same 'sort'");
        }
        return cursor;
    }

    private static PageCursor read(String text) {
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split(" ", -1);
            if (parts.length == 3) {
                return new PageCursor(
                        DatasetOrder.Sort.parse(parts[0]), new DatasetName(parts[1]), Instant.parse(parts[2]));
            }
        } catch (IllegalArgumentException | DateTimeException | ServiceException e) {
            // refused below
        }
        throw Parameters.refused("cursor", text, "give what 'next_cursor' of the page before says");
    }

    /** Whether a dataset comes behind the page. */
    boolean isBefore(Dataset dataset) {
        int byName = dataset.name().value().compareTo(name.value());
        int forwards =
                sort.order() == DatasetOrder.NAME ? byName : dataset.createdAt().compareTo(createdAt);
        int order = forwards == 0 ? byName : forwards;
        return sort.backwards() ? order < 0 : order > 0;
    }

    /** For the client, to whom it means nothing. */
    @Override
    public String toString() {
        String text = sort + " " + name + " " + createdAt;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
