package io.voxelflight.flight.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.voxelflight.flight.access.Doorkeeper;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import io.voxelflight.testkit.AllocatorExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.sql.NoOpFlightSqlProducer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class SlowReadersTest {
    private static final int READERS = 64;
    private static final long LIMIT = 64 << 20;

    @TempDir
    Path folder;

    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    /**
     * 27 blocks of 512 KiB for each of 64 readers who take nothing at first: their windows alone would be 256 MiB, the
     * limit is 64.
     */
    @Test
    void manySlowReadersShareTheMemoryAndAllGetOn() throws Exception {
        List<RawReader> readers = new ArrayList<>();
        try (DoorFixture fixture = new DoorFixture(
                        memory.allocator(),
                        folder,
                        DoorFixture.settings(true),
                        READERS,
                        LIMIT,
                        opener -> opener,
                        new NoOpFlightSqlProducer(),
                        Doorkeeper.OPEN);
                FlightClient client = fixture.client()) {
            fixture.volumes.add("a", ElementType.UINT16, "zyx", Extent.zyx(192, 192, 192), new BlockShape(64, 64, 64));
            byte[] ticket = RawReader.ticket(
                    client, "{'dataset':'a','block':[64,64,64],'box':{'start':[1,1,1],'stop':[192,192,192]}}");
            for (int i = 0; i < READERS; i++) {
                readers.add(new RawReader(fixture.door.port(), ticket)); // takes the schema only
            }
            long most = 0;
            long until = System.nanoTime() + Duration.ofSeconds(3).toNanos();
            while (System.nanoTime() < until) {
                most = Math.max(most, fixture.blocks.budget().taken());
                assertThat(fixture.blocks.allocatedBytes()).isLessThanOrEqualTo(LIMIT);
                Thread.sleep(10);
            }
            assertThat(most).isGreaterThan(LIMIT / 2 - (4 << 20)).isLessThanOrEqualTo(LIMIT);
            assertThat(fixture.blocks.gate().running()).isEqualTo(READERS);
            readers.forEach(reader -> reader.take(1));
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> readers.stream()
                    .allMatch(reader -> reader.messages.get() == 2));
            // one fast reader among 63 who stand still gets all of its blocks
            readers.get(READERS - 1).take(100);
            assertThat(readers.get(READERS - 1).ended.await(30, TimeUnit.SECONDS))
                    .isTrue();
            readers.forEach(reader -> reader.take(100));
            for (RawReader reader : readers) {
                assertThat(reader.ended.await(60, TimeUnit.SECONDS)).isTrue();
                assertThat(reader.failure).isNull();
                assertThat(reader.messages).hasValue(1 + 27);
            }
            Awaitility.await().until(() -> fixture.blocks.budget().taken() == 0);
        } finally {
            readers.forEach(RawReader::close);
        }
    }
}
