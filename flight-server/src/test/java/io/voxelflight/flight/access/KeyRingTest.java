package io.voxelflight.flight.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.catalog.api.AccessKey;
import io.voxelflight.catalog.api.AccessKeys;
import io.voxelflight.catalog.api.AuditEntry;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.DatasetPatterns;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Quota;
import io.voxelflight.model.Role;
import io.voxelflight.model.ServiceException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeyRingTest {
    private static final Instant NOW = Instant.parse("2026-11-30T10:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    private final Shelf shelf = new Shelf();

    @Test
    void aKeyIsItsOwnersRights() {
        KeyText text = shelf.add("anna", null);
        try (KeyRing ring = new KeyRing(shelf, CLOCK)) {
            Caller caller = admit(ring, text.text());
            assertThat(caller.id()).isEqualTo("key:" + text.prefix());
            assertThat(caller.name()).isEqualTo("anna");
            assertThat(caller.role()).isEqualTo(Role.WRITER);
            assertThat(caller.sees(new DatasetName("mouse-1"))).isTrue();
            assertThat(caller.sees(new DatasetName("fly"))).isFalse();
        }
    }

    @Test
    void strangersAreToldNothing() {
        KeyText known = shelf.add("anna", null);
        KeyText other = KeyText.random();
        try (KeyRing ring = new KeyRing(shelf, CLOCK)) {
            String unknown = refusal(ring, other.text());
            String wrongSecret = refusal(ring, new KeyText(known.prefix(), other.secret()).text());
            assertThat(wrongSecret).isEqualTo(unknown).doesNotContain("anna");
            for (String text : List.of("", "vf_", "vf_0123456789ab", known.text() + "x", "password", known.prefix())) {
                assertThat(refusal(ring, text)).doesNotContain("anna");
            }
        }
    }

    @Test
    void aKeyEndsAtItsTime() {
        KeyText last = shelf.add("last", NOW.plusSeconds(1));
        KeyText over = shelf.add("over", NOW);
        try (KeyRing ring = new KeyRing(shelf, CLOCK)) {
            assertThat(admit(ring, last.text()).until()).isEqualTo(NOW.plusSeconds(1));
            assertThat(refusal(ring, over.text())).contains("'over' expired at " + NOW);
        }
    }

    @Test
    void aNewKeyCountsAtOnceAndChangesArriveByThemselves() {
        KeyText first = shelf.add("first", null);
        try (KeyRing ring = new KeyRing(shelf, CLOCK)) {
            admit(ring, first.text());
            KeyText second = shelf.add("second", null);
            admit(ring, second.text());
            shelf.revoke("first", "me");
            Awaitility.await()
                    .untilAsserted(() -> assertThat(refusal(ring, first.text())).contains("'first' was revoked"));
            admit(ring, second.text());
        }
    }

    @Test
    void aDatabaseThatPausesShutsNobodyOut() {
        KeyText text = shelf.add("anna", null);
        try (KeyRing ring = new KeyRing(shelf, CLOCK)) {
            shelf.gone = true;
            assertThatThrownBy(() -> admit(ring, KeyText.random().text()))
                    .isInstanceOfSatisfying(
                            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                    .hasMessageContaining("database");
            admit(ring, text.text());
        }
    }

    @Test
    void manyStrangersAskTheCatalogSeldom() throws Exception {
        ExecutorService strangers = Executors.newFixedThreadPool(16);
        try (KeyRing ring = new KeyRing(shelf, CLOCK)) {
            int before = shelf.asked.get();
            long began = System.nanoTime();
            List<Future<String>> refusals = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                refusals.add(
                        strangers.submit(() -> refusal(ring, KeyText.random().text())));
            }
            for (Future<String> refusal : refusals) {
                assertThat(refusal.get()).contains("not known");
            }
            long tenMillis = (System.nanoTime() - began) / 10_000_000;
            assertThat(shelf.asked.get() - before).isBetween(1, (int) tenMillis + 3);
        } finally {
            strangers.shutdownNow();
        }
    }

    @Test
    void withoutTokensOnlyKeysAreTaken() {
        try (KeyRing ring = new KeyRing(shelf, CLOCK)) {
            assertThat(refusal(ring, "eyJhbGciOiJub25lIn0.e30.")).contains("no API key");
            assertThatThrownBy(() -> new KeysAndTokens(ring, null).admit(Credential.NONE))
                    .hasMessageContaining("x-api-key");
        }
    }

    private static Caller admit(KeyRing ring, String secret) {
        return new KeysAndTokens(ring, null).admit(new Credential(secret, false));
    }

    private static String refusal(KeyRing ring, String secret) {
        try {
            admit(ring, secret);
        } catch (ServiceException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
            return e.line();
        }
        throw new AssertionError("'" + secret + "' was let in");
    }

    /** Keys in memory. */
    private static final class Shelf implements AccessKeys {
        private final List<AccessKey> keys = new ArrayList<>();
        private long version;
        private final AtomicInteger asked = new AtomicInteger();
        volatile boolean gone;

        synchronized KeyText add(String name, @Nullable Instant expires) {
            KeyText text = KeyText.random();
            create(text.toKeep(name, Role.WRITER, DatasetPatterns.parse("mouse-*,em"), Quota.NONE, expires), "test");
            return text;
        }

        @Override
        public synchronized List<AccessKey> keys() {
            return List.copyOf(keys);
        }

        @Override
        public synchronized long version() {
            asked.incrementAndGet();
            if (gone) {
                throw new ServiceException(ErrorCode.UNAVAILABLE, "the database is gone");
            }
            return version;
        }

        @Override
        public synchronized void create(AccessKey key, String actor) {
            keys.add(key);
            version++;
        }

        @Override
        public void change(AccessKey key, String actor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<AuditEntry> audit(int most) {
            throw new UnsupportedOperationException();
        }

        @Override
        public synchronized AccessKey revoke(String name, String actor) {
            for (int i = 0; i < keys.size(); i++) {
                AccessKey key = keys.get(i);
                if (key.name().equals(name)) {
                    keys.set(
                            i,
                            new AccessKey(
                                    key.prefix(),
                                    key.name(),
                                    key.role(),
                                    key.datasets(),
                                    key.quota(),
                                    key.salt(),
                                    key.hash(),
                                    key.createdAt(),
                                    key.expiresAt(),
                                    NOW));
                    version++;
                    return key;
                }
            }
            throw new AssertionError(name);
        }
    }
}
