package io.voxelflight.flight.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.blockio.assemble.ArrayReader;
import io.voxelflight.blockio.assemble.VolumeOpener;
import io.voxelflight.blockio.assemble.VolumeReader;
import io.voxelflight.blockio.format.VolumeMetadata;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.model.Axis;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OpenVolumesTest {
    private final List<String> events = new ArrayList<>();
    private final OpenVolumes volumes = new OpenVolumes(new Opener(), 2);

    @Test
    void opensAVolumeOnceAndKeepsTheLastUsed() {
        Dataset a = dataset("a");
        volumes.acquire(a).close();
        volumes.acquire(a).close();
        volumes.acquire(dataset("b")).close();
        volumes.acquire(a).close();
        volumes.acquire(dataset("c")).close();
        assertThat(events).containsExactly("open a", "open b", "open c", "close b");
        volumes.close();
        assertThat(events).endsWith("close a", "close c");
    }

    @Test
    void neverClosesAVolumeInUse() {
        OpenVolumes.Lease a = volumes.acquire(dataset("a"));
        OpenVolumes.Lease b = volumes.acquire(dataset("b"));
        OpenVolumes.Lease c = volumes.acquire(dataset("c"));
        c.close();
        assertThat(events).containsExactly("open a", "open b", "open c", "close c");
        b.close();
        b.close();
        a.close();
        assertThat(events).hasSize(4);
    }

    @Test
    void closesARemovedVolumeWhenItsLastStreamEnds() {
        Dataset a = dataset("a");
        OpenVolumes.Lease lease = volumes.acquire(a);
        assertThat(volumes.ids()).containsExactly(a.id());
        volumes.forget(Set.of(a.id()));
        assertThat(events).containsExactly("open a");
        lease.close();
        assertThat(events).containsExactly("open a", "close a");
        assertThat(volumes.ids()).isEmpty();
    }

    @Test
    void aVolumeThatCannotBeOpenedIsTriedAgain() {
        Dataset bad = dataset("bad");
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> volumes.acquire(bad)).isInstanceOf(ServiceException.class);
        }
        assertThat(events).containsExactly("open bad", "open bad");
    }

    private static Dataset dataset(String name) {
        return TestDatasets.named(new DatasetName(name), UUID.nameUUIDFromBytes(new byte[] {(byte) name.charAt(0)}));
    }

    private final class Opener implements VolumeOpener {
        @Override
        public VolumeReader open(URI location, @Nullable List<Axis> axes) {
            String name = location.getPath().substring(1);
            events.add("open " + name);
            if (name.equals("bad")) {
                throw new ServiceException(ErrorCode.NOT_FOUND, "no such volume");
            }
            return new VolumeReader() {
                @Override
                public VolumeMetadata metadata() {
                    throw new UnsupportedOperationException();
                }

                @Override
                public List<ArrayReader> levels() {
                    return List.of();
                }

                @Override
                public void close() {
                    events.add("close " + name);
                }
            };
        }
    }
}
