package io.voxelflight.flight.http.api;

import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.flight.http.Parameters;
import java.util.Comparator;
import java.util.Locale;

/** The orders of a list of datasets. Names tell apart what is else alike, so each is total and a page can go on behind any dataset. */
enum DatasetOrder {
    NAME,
    CREATED_AT;

    /** An order, forwards or backwards. */
    record Sort(DatasetOrder order, boolean backwards) {
        /** @throws io.voxelflight.model.ServiceException INVALID_ARGUMENT for what is no order */
        static Sort parse(String text) {
            boolean backwards = text.startsWith("-");
            String wanted = backwards ? text.substring(1) : text;
            for (DatasetOrder order : values()) {
                if (order.name().toLowerCase(Locale.ROOT).equals(wanted)) {
                    return new Sort(order, backwards);
                }
            }
            throw Parameters.refused("sort", text, "use name, created_at, -name or -created_at");
        }

        Comparator<Dataset> comparator() {
            return backwards ? order.forwards().reversed() : order.forwards();
        }

        @Override
        public String toString() {
            return (backwards ? "-" : "") + order.name().toLowerCase(Locale.ROOT);
        }
    }

    private Comparator<Dataset> forwards() {
        Comparator<Dataset> byName =
                Comparator.comparing(dataset -> dataset.name().value());
        return this == NAME ? byName : Comparator.comparing(Dataset::createdAt).thenComparing(byName);
    }
}
