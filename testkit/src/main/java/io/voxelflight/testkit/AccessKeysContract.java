package io.voxelflight.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.catalog.api.AccessKey;
import io.voxelflight.catalog.api.AccessKeys;
import io.voxelflight.model.DatasetPatterns;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Quota;
import io.voxelflight.model.Role;
import io.voxelflight.model.ServiceException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every store of {@link AccessKeys} does. */
@Timeout(60)
public abstract class AccessKeysContract {
    protected abstract AccessKeys keys();

    @Test
    void aKeyIsFoundAsItWasMade() {
        AccessKey bounded = key("bounded", new Quota(2.5, 1L << 40, 3, 0.5), Instant.parse("2030-01-02T03:04:05Z"));
        AccessKey plain = key("plain", Quota.NONE, null);
        keys().create(bounded, "test");
        keys().create(plain, "test");
        assertThat(keys().keys()).contains(bounded, plain);
    }

    @Test
    void everyChangeMakesANewVersion() {
        AccessKey key = key("versions", Quota.NONE, null);
        long before = keys().version();
        keys().create(key, "test");
        long created = keys().version();
        AccessKey changed = key.with(Role.ADMIN, DatasetPatterns.parse("a,b*"), new Quota(1.0, null, null, null), null);
        keys().change(changed, "test");
        long later = keys().version();
        assertThat(keys().keys()).contains(changed).doesNotContain(key);
        keys().revoke(key.name(), "test");
        assertThat(keys().version()).isNotIn(before, created, later);
        assertThat(created).isNotIn(before, later);
    }

    @Test
    void aNameIsTakenUntilItsKeyIsRevoked() {
        AccessKey first = key("name", Quota.NONE, null);
        AccessKey second = new AccessKey(
                prefix(),
                first.name(),
                Role.READER,
                DatasetPatterns.ALL,
                Quota.NONE,
                first.salt(),
                first.hash(),
                first.createdAt(),
                null,
                null);
        keys().create(first, "test");
        long version = keys().version();
        refused(ErrorCode.ALREADY_EXISTS, () -> keys().create(second, "test"));
        assertThat(keys().version()).isEqualTo(version);
        AccessKey revoked = keys().revoke(first.name(), "test");
        assertThat(revoked.prefix()).isEqualTo(first.prefix());
        assertThat(revoked.revokedAt()).isNotNull();
        keys().create(second, "test");
        assertThat(keys().keys()).contains(revoked, second);
    }

    @Test
    void whatIsRevokedStaysSo() {
        AccessKey key = key("gone", Quota.NONE, null);
        refused(ErrorCode.NOT_FOUND, () -> keys().revoke(key.name(), "test"));
        refused(ErrorCode.NOT_FOUND, () -> keys().change(key, "test"));
        keys().create(key, "test");
        keys().revoke(key.name(), "test");
        refused(ErrorCode.NOT_FOUND, () -> keys().revoke(key.name(), "test"));
        refused(ErrorCode.NOT_FOUND, () -> keys().change(key, "test"));
    }

    private static void refused(ErrorCode code, Runnable call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    private static AccessKey key(String name, Quota quota, @Nullable Instant expires) {
        return new AccessKey(
                prefix(),
                name + "-" + prefix(),
                Role.READER,
                DatasetPatterns.parse("fib25,mouse-*"),
                quota,
                new byte[] {1, 2, 3},
                new byte[] {-1, 0, 1},
                Instant.now().truncatedTo(ChronoUnit.MICROS),
                expires,
                null);
    }

    private static String prefix() {
        return UUID.randomUUID().toString().substring(24);
    }
}
