package io.voxelflight.blockio.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a store of files does beyond the contract of stores: see {@code ByteStoreContract}. */
@Timeout(60)
class LocalStoreTest {
    @TempDir
    Path folder;

    private LocalStore store = new LocalStore(Path.of(""), 0);

    @BeforeEach
    void open() throws Exception {
        store = new LocalStore(folder, 2);
        Files.writeString(folder.resolve("a"), "hello");
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aReaderThatIsInterruptedDoesNotTakeTheFileFromOthers() throws Exception {
        assertThat(text("a")).isEqualTo("hello");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> text("a")).isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.CANCELLED));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(text("a")).isEqualTo("hello");
    }

    @Test
    void aFolderThatGoesAwayIsNoFolderWithoutObjects() throws Exception {
        Path volume = Files.createDirectory(folder.resolve("volume"));
        try (LocalStore other = new LocalStore(volume, 1)) {
            assertThat(other.size("b"))
                    .as("it may be a folder yet to be filled")
                    .isEmpty();
            Files.writeString(volume.resolve("a"), "hello");
            assertThat(other.size("a")).hasValue(5);
            assertThat(other.size("b")).isEmpty();
            Files.move(volume, folder.resolve("moved"));
            assertThat(other.size("a")).as("it is open").hasValue(5);
            assertThatThrownBy(() -> other.read("b", 0, ByteBuffer.allocate(1)))
                    .hasMessageContaining(volume + " is not there any more")
                    .isInstanceOfSatisfying(
                            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
        }
        try (LocalStore never = new LocalStore(folder.resolve("never"), 1)) {
            assertThat(never.size("a")).isEmpty();
        }
    }

    @Test
    void keysThatLeadOutOrAreNoNamesAreRefused() throws Exception {
        Files.writeString(folder.resolveSibling(folder.getFileName() + "-secret"), "secret");
        for (String key : List.of("../" + folder.getFileName() + "-secret", "/etc/passwd", "a/../../x", "a\0b")) {
            assertThatThrownBy(() -> store.size(key))
                    .as(key)
                    .isInstanceOfSatisfying(
                            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_DATA));
        }
    }

    @Test
    void aPipeIsNotWaitedFor() throws Exception {
        Process made = new ProcessBuilder("mkfifo", folder.resolve("pipe").toString()).start();
        assertThat(made.waitFor()).isZero();
        assertThatThrownBy(() -> store.size("pipe")).hasMessageContaining("no regular file");
    }

    @Test
    void moreFilesThanMayBeOpenAreReadByManyThreads() throws Exception {
        for (int i = 0; i < 20; i++) {
            Files.writeString(folder.resolve("f" + i), "file " + i);
        }
        ExecutorService pool = Executors.newFixedThreadPool(8);
        try {
            List<Future<Boolean>> readers = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                Random random = new Random(thread);
                readers.add(pool.submit(() -> {
                    for (int i = 0; i < 500; i++) {
                        int file = random.nextInt(20);
                        assertThat(text("f" + file)).isEqualTo("file " + file);
                    }
                    return true;
                }));
            }
            for (Future<Boolean> reader : readers) {
                assertThat(reader.get()).isTrue();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private String text(String key) {
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) store.size(key).orElseThrow());
        assertThat(store.read(key, 0, bytes)).isTrue();
        return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
    }
}
