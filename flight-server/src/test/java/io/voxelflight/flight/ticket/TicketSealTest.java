package io.voxelflight.flight.ticket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Point;
import io.voxelflight.model.ServiceException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TicketSealTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private final TicketSeal seal = new TicketSeal(TicketKeys.of(key(1)), RequestLimits.DEFAULT);

    @Property(tries = 200)
    void opensWhatItSealed(@ForAll long seed) {
        BlockTicket ticket = ticket(new Random(seed));
        assertThat(seal.open(seal.seal(ticket), NOW)).isEqualTo(ticket);
    }

    @Test
    void refusesEveryTicketThatWasChanged() {
        byte[] good = seal.seal(ticket(new Random(7)));
        for (int i = 0; i < good.length; i++) {
            byte[] forged = good.clone();
            forged[i] ^= 1;
            refused(forged, "");
            refused(Arrays.copyOf(good, i), "");
        }
        refused(Arrays.copyOf(good, good.length + 1), "signature");
    }

    @Test
    void refusesTicketsOfOtherKeysAndOldOnes() {
        byte[] other = new TicketSeal(TicketKeys.of(key(2)), RequestLimits.DEFAULT).seal(ticket(new Random(3)));
        refused(other, "wrong signature");
        BlockTicket ticket = ticket(new Random(3));
        assertThatThrownBy(() -> seal.open(seal.seal(ticket), ticket.expires()))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED))
                .hasMessageContaining("expired at " + ticket.expires());
    }

    @Test
    void originsTakeLittleRoom() {
        Random random = new Random(5);
        Origins.Builder origins = new Origins.Builder();
        for (int i = 0; i < 4096; i++) {
            origins.add(Point.zyx(random.nextInt(10_000), random.nextInt(10_000), random.nextInt(10_000)));
        }
        BlockTicket ticket = with(new BlockTicket.OriginList(origins.build()));
        assertThat(seal.seal(ticket)).hasSizeLessThan(4096 * 12);
    }

    private void refused(byte[] ticket, String says) {
        assertThatThrownBy(() -> seal.open(ticket, NOW))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED))
                .hasMessageContaining(says);
    }

    private static BlockTicket ticket(Random random) {
        return with(
                switch (random.nextInt(3)) {
                    case 0 -> new BlockTicket.GridRange(random.nextInt(1000), random.nextLong() >>> 1);
                    case 1 ->
                        new BlockTicket.BoxRange(
                                new Box(
                                        point(random, 100),
                                        point(random, 100).plus(new Point(200, 200, 200, 200, 200))),
                                random.nextInt(9),
                                random.nextInt(9));
                    default -> {
                        Origins.Builder origins = new Origins.Builder();
                        for (int i = random.nextInt(20); i > 0; i--) {
                            origins.add(point(random, random.nextBoolean() ? 1000 : Long.MAX_VALUE));
                        }
                        yield new BlockTicket.OriginList(origins.build());
                    }
                });
    }

    private static BlockTicket with(BlockTicket.Part part) {
        return new BlockTicket(
                new UUID(1, 2),
                "key:0123456789ab",
                new UUID(3, -4),
                new DatasetName("a-name_1.x"),
                3,
                new BlockShape(128, 1, 512),
                NOW.plusSeconds(60),
                part);
    }

    private static Point point(Random random, long bound) {
        return new Point(
                random.nextLong(-bound, bound),
                random.nextLong(-bound, bound),
                random.nextLong(-bound, bound),
                random.nextLong(-bound, bound),
                random.nextLong(-bound, bound));
    }

    private static byte[] key(int fill) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) fill);
        return key;
    }
}
