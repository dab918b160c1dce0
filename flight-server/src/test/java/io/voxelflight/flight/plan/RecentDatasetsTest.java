package io.voxelflight.flight.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.DatasetReader;
import io.voxelflight.model.DatasetName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecentDatasetsTest {
    private static final DatasetName EM = new DatasetName("em");

    private final AtomicLong clock = new AtomicLong(-5);
    private final Shelf shelf = new Shelf();
    private final RecentDatasets recent = new RecentDatasets(shelf, clock::get);

    @Test
    void whatWasFoundIsBelievedForAMoment() {
        Dataset em = shelf.add(EM);
        for (int i = 0; i < 3; i++) {
            assertThat(recent.find(EM)).containsSame(em);
            assertThat(recent.find(em.id())).containsSame(em);
        }
        assertThat(shelf.asked).containsExactly(EM, em.id());
        shelf.datasets.remove(EM);
        clock.addAndGet(RecentDatasets.MOMENT.toNanos() - 1);
        assertThat(recent.find(EM)).containsSame(em);
        clock.addAndGet(1);
        assertThat(recent.find(EM)).isEmpty();
        assertThat(recent.find(em.id())).isEmpty();
    }

    @Test
    void whatIsNotThereIsLookedUpEachTime() {
        assertThat(recent.find(EM)).isEmpty();
        Dataset em = shelf.add(EM);
        assertThat(recent.find(EM)).containsSame(em);
        Dataset anew = shelf.add(EM);
        clock.addAndGet(RecentDatasets.MOMENT.toNanos());
        assertThat(recent.find(EM)).containsSame(anew);
    }

    @Test
    void listsAreNotKept() {
        assertThat(recent.datasets()).isEmpty();
        Dataset em = shelf.add(EM);
        assertThat(recent.datasets()).containsExactly(em);
        assertThat(recent.names()).containsOnly(Map.entry(em.id(), EM));
    }

    private static final class Shelf implements DatasetReader {
        private final Map<DatasetName, Dataset> datasets = new HashMap<>();
        private final List<Object> asked = new ArrayList<>();

        Dataset add(DatasetName name) {
            Dataset dataset = TestDatasets.named(name, UUID.randomUUID());
            datasets.put(name, dataset);
            return dataset;
        }

        @Override
        public List<Dataset> datasets() {
            return List.copyOf(datasets.values());
        }

        @Override
        public Optional<Dataset> find(DatasetName name) {
            asked.add(name);
            return Optional.ofNullable(datasets.get(name));
        }

        @Override
        public Optional<Dataset> find(UUID id) {
            asked.add(id);
            return DatasetReader.super.find(id);
        }
    }
}
