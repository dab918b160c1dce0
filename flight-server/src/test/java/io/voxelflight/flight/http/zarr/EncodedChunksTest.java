package io.voxelflight.flight.http.zarr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.model.BlockIndex;
import io.voxelflight.testkit.AllocatorExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.memory.ArrowBuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One encoding for all, none for ever, and every buffer given back. */
class EncodedChunksTest {
    private static final UUID DATASET = new UUID(1, 2);

    @RegisterExtension
    final AllocatorExtension allocators = new AllocatorExtension();

    private final List<CompletableFuture<Optional<ArrowBuf>>> started = new ArrayList<>();

    private CompletableFuture<Optional<ArrowBuf>> encode() {
        started.add(new CompletableFuture<>());
        return started.get(started.size() - 1);
    }

    private Optional<ArrowBuf> buffer(long bytes) {
        return Optional.of(allocators.allocator().buffer(bytes));
    }

    private static EncodedChunks.Key key(int x) {
        return new EncodedChunks.Key(DATASET, 0, new BlockIndex(0, 0, 0, 0, x));
    }

    private static ArrowBuf taken(CompletableFuture<Optional<ArrowBuf>> future) {
        return future.join().orElseThrow();
    }

    @Test
    void oneEncodingServesAllWhoAsk() {
        try (EncodedChunks chunks = new EncodedChunks(1 << 20)) {
            CompletableFuture<Optional<ArrowBuf>> first = chunks.get(key(0), this::encode);
            CompletableFuture<Optional<ArrowBuf>> second = chunks.get(key(0), this::encode);
            assertThat(first).isNotDone();
            started.get(0).complete(buffer(1024));
            CompletableFuture<Optional<ArrowBuf>> third = chunks.get(key(0), this::encode);
            assertThat(started).hasSize(1);
            for (CompletableFuture<Optional<ArrowBuf>> asker : List.of(first, second, third)) {
                taken(asker).close();
            }
            assertThat(chunks.bytes()).isBetween(1024L, 2048L);
        }
    }

    @Test
    void whatWasUsedLastStaysAndTheRestGoes() {
        try (EncodedChunks chunks = new EncodedChunks(3 * 1024)) {
            for (int x = 0; x < 2; x++) {
                CompletableFuture<Optional<ArrowBuf>> asked = chunks.get(key(x), this::encode);
                started.get(x).complete(buffer(1024));
                taken(asked).close();
            }
            taken(chunks.get(key(0), this::encode)).close();
            CompletableFuture<Optional<ArrowBuf>> asked = chunks.get(key(2), this::encode);
            started.get(2).complete(buffer(1024));
            ArrowBuf held = taken(asked);
            taken(chunks.get(key(0), this::encode)).close();
            assertThat(started).hasSize(3);
            CompletableFuture<Optional<ArrowBuf>> again = chunks.get(key(1), this::encode);
            assertThat(started).as("encoded again").hasSize(4);
            started.get(3).complete(Optional.empty());
            assertThat(again.join()).isEmpty();
            held.close();
        }
    }

    @Test
    void aChunkOfFillValueIsRemembered() {
        try (EncodedChunks chunks = new EncodedChunks(1 << 20)) {
            CompletableFuture<Optional<ArrowBuf>> first = chunks.get(key(0), this::encode);
            started.get(0).complete(Optional.empty());
            assertThat(first.join()).isEmpty();
            assertThat(chunks.get(key(0), this::encode).join()).isEmpty();
            assertThat(started).hasSize(1);
        }
    }

    @Test
    void theFailureOfAnotherIsNotOnesOwn() {
        try (EncodedChunks chunks = new EncodedChunks(1 << 20)) {
            CompletableFuture<Optional<ArrowBuf>> first = chunks.get(key(0), this::encode);
            CompletableFuture<Optional<ArrowBuf>> second = chunks.get(key(0), this::encode);
            started.get(0).completeExceptionally(new IllegalStateException("no right any more"));
            assertThatThrownBy(first::join).hasMessageContaining("no right any more");
            assertThat(second).isNotDone();
            started.get(1).complete(buffer(512));
            taken(second).close();
        }
    }

    @Test
    void whatIsEncodedAfterTheEndIsNotKept() {
        EncodedChunks chunks = new EncodedChunks(1 << 20);
        CompletableFuture<Optional<ArrowBuf>> late = chunks.get(key(0), this::encode);
        chunks.close();
        started.get(0).complete(buffer(512));
        taken(late).close();
    }
}
