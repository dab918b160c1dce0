package io.voxelflight.flight.ticket;

import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Point;
import io.voxelflight.model.ServiceException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Writes tickets and reads them back: {@code VFT2}, the number of the key, the fields, HMAC-SHA-256 over all before it.
 * Numbers are zigzag varints; an origin is its distance from the one before.
 */
public final class TicketSeal {
    /** How long a ticket is good for: longer than any epoch takes. */
    public static final Duration TICKET_LIFE = Duration.ofHours(24);

    private static final byte[] MAGIC = "VFT2".getBytes(StandardCharsets.US_ASCII);
    private static final String ALGORITHM = "HmacSHA256";
    private static final int SIGNATURE_BYTES = 32;
    private static final int GRID = 1;
    private static final int BOX = 2;
    private static final int ORIGINS = 3;

    private final TicketKeys keys;
    private final RequestLimits limits;

    public TicketSeal(TicketKeys keys, RequestLimits limits) {
        this.keys = keys;
        this.limits = limits;
    }

    /** Whether a ticket claims to be ours: everything else is Flight SQL's. */
    public static boolean isTicket(byte[] ticket) {
        return ticket.length >= MAGIC.length && Arrays.equals(ticket, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    public byte[] seal(BlockTicket ticket) {
        VarintWriter out = new VarintWriter();
        TicketKey key = keys.newest();
        out.raw(MAGIC);
        out.fixed(key.id());
        uuid(out, ticket.flight());
        out.text(ticket.caller());
        uuid(out, ticket.dataset());
        out.text(ticket.name().value());
        out.number(ticket.level());
        out.number(ticket.block().z());
        out.number(ticket.block().y());
        out.number(ticket.block().x());
        out.number(ticket.expires().getEpochSecond());
        if (ticket.part() instanceof BlockTicket.GridRange range) {
            out.number(GRID);
            out.number(range.first());
            out.number(range.count());
        } else if (ticket.part() instanceof BlockTicket.BoxRange range) {
            out.number(BOX);
            point(out, range.box().start());
            point(out, range.box().stop());
            out.number(range.first());
            out.number(range.count());
        } else if (ticket.part() instanceof BlockTicket.OriginList list) {
            out.number(ORIGINS);
            out.number(list.origins().size());
            Point before = Point.ORIGIN;
            for (int i = 0; i < list.origins().size(); i++) {
                Point origin = list.origins().at(i);
                difference(out, origin, before);
                before = origin;
            }
        }
        out.raw(sign(key, out.bytes(), out.length()));
        return out.copy();
    }

    /**
     * Reads a ticket.
     *
     * @throws ServiceException UNAUTHENTICATED if it is forged, truncated, of another server or too old
     */
    public BlockTicket open(byte[] ticket, Instant now) {
        if (ticket.length > limits.ticketBytes()) {
            throw refused("has " + ticket.length + " bytes, at most " + limits.ticketBytes() + " are read");
        }
        int signed = ticket.length - SIGNATURE_BYTES;
        if (!isTicket(ticket) || signed <= MAGIC.length + Long.BYTES) {
            throw refused("is truncated");
        }
        VarintReader in = new VarintReader(ticket, MAGIC.length, signed);
        byte[] signature = Arrays.copyOfRange(ticket, signed, ticket.length);
        Optional<TicketKey> key = keys.find(in.fixed());
        if (key.isEmpty() || !MessageDigest.isEqual(signature, sign(key.get(), ticket, signed))) {
            throw refused("has a wrong signature: it was changed on its way, is very old, or comes from a server of"
                    + " another catalog");
        }
        BlockTicket opened = fields(in);
        if (!now.isBefore(opened.expires())) {
            throw refused("expired at " + opened.expires());
        }
        return opened;
    }

    private static BlockTicket fields(VarintReader in) {
        UUID flight = new UUID(in.fixed(), in.fixed());
        String caller = in.text();
        UUID dataset = new UUID(in.fixed(), in.fixed());
        DatasetName name = new DatasetName(in.text());
        int level = (int) in.number();
        BlockShape block = new BlockShape((int) in.number(), (int) in.number(), (int) in.number());
        Instant expires = Instant.ofEpochSecond(in.number());
        int kind = (int) in.number();
        BlockTicket.Part part =
                switch (kind) {
                    case GRID -> new BlockTicket.GridRange(in.number(), in.number());
                    case BOX -> new BlockTicket.BoxRange(new Box(point(in), point(in)), in.number(), in.number());
                    case ORIGINS -> new BlockTicket.OriginList(origins(in));
                    default -> throw refused("is of kind " + kind + ", which this server does not know");
                };
        return new BlockTicket(flight, caller, dataset, name, level, block, expires, part);
    }

    private static Origins origins(VarintReader in) {
        Origins.Builder origins = new Origins.Builder();
        long count = in.number();
        Point before = Point.ORIGIN;
        for (long i = 0; i < count; i++) {
            // wraps around as the differences did: any two longs have one
            before = new Point(
                    before.t() + in.number(),
                    before.c() + in.number(),
                    before.z() + in.number(),
                    before.y() + in.number(),
                    before.x() + in.number());
            origins.add(before);
        }
        return origins.build();
    }

    private static void difference(VarintWriter out, Point point, Point before) {
        out.number(point.t() - before.t());
        out.number(point.c() - before.c());
        out.number(point.z() - before.z());
        out.number(point.y() - before.y());
        out.number(point.x() - before.x());
    }

    private static void point(VarintWriter out, Point point) {
        difference(out, point, Point.ORIGIN);
    }

    private static Point point(VarintReader in) {
        return new Point(in.number(), in.number(), in.number(), in.number(), in.number());
    }

    private static void uuid(VarintWriter out, UUID id) {
        out.fixed(id.getMostSignificantBits());
        out.fixed(id.getLeastSignificantBits());
    }

    private static byte[] sign(TicketKey key, byte[] bytes, int length) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key.secret(), ALGORITHM));
            mac.update(bytes, 0, length);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    static ServiceException refused(String why) {
        return new ServiceException(
                ErrorCode.UNAUTHENTICATED, "the ticket " + why + ": ask for a new one with GetFlightInfo");
    }
}
