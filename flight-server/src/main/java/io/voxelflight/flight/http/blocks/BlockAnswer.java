package io.voxelflight.flight.http.blocks;

import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.flight.http.answer.Body;
import io.voxelflight.flight.http.answer.BufferBody;
import io.voxelflight.flight.plan.FlightPlan;
import io.voxelflight.flight.plan.PlannedBlock;
import io.voxelflight.flight.stream.IpcBlocks;
import io.voxelflight.model.Box;
import io.voxelflight.model.Extent;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer to a call of {@code /block}, of which everything is known before a voxel is read. */
final class BlockAnswer implements HttpSink.Form {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final int TAG_BYTES = 18;

    private final BlockQuery query;
    private final FlightPlan plan;
    private final @Nullable Picture picture;
    private final @Nullable IpcBlocks ipc;
    private final String tag;

    /** @throws io.voxelflight.model.ServiceException INVALID_ARGUMENT if the dataset's voxels make no such picture */
    BlockAnswer(BlockQuery query, FlightPlan plan) {
        this.query = query;
        this.plan = plan;
        Dataset dataset = plan.dataset();
        picture = query.format().isPicture()
                ? new Picture(query.format(), dataset.elementType(), query.shape(), query.window())
                : null;
        ipc = query.format() == BlockFormat.ARROW ? new IpcBlocks(dataset, query.level(), query.shape()) : null;
        tag = tag();
    }

    /** The voxels of a dataset never change under its id: the id and what was asked say all. */
    private String tag() {
        String all = String.join(
                "|",
                plan.dataset().id().toString(),
                query.level() + "",
                query.origin().toString(),
                query.shape().toString(),
                query.format().token(),
                String.valueOf(query.window()),
                query.coding().token());
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8));
            return "\""
                    + Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(digest)
                            .substring(0, TAG_BYTES * 4 / 3) + "\"";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether the client has it, by its {@code If-None-Match} (RFC 9110, 13.1.2: compared weakly). */
    boolean isKnownBy(@Nullable String ifNoneMatch) {
        if (ifNoneMatch == null) {
            return false;
        }
        for (String known : ifNoneMatch.split(",", -1)) {
            String plain = known.strip();
            if (plain.equals("*") || (plain.startsWith("W/") ? plain.substring(2) : plain).equals(tag)) {
                return true;
            }
        }
        return false;
    }

    /** Headers that a 304 has too. */
    void tell(HttpServletResponse response) {
        response.setHeader("ETag", tag);
        response.setHeader("Cache-Control", "private, no-cache");
        response.setHeader("Vary", "Accept, Accept-Encoding");
    }

    /** All headers of a 200. */
    void head(HttpServletResponse response) {
        tell(response);
        response.setContentType(query.format().mediaType());
        if (query.coding() != ContentCoding.IDENTITY) {
            response.setHeader("Content-Encoding", query.coding().token());
        } else if (picture == null) {
            response.setContentLengthLong(length());
        }
        Extent valid = Box.at(query.origin(), query.shape())
                .intersection(Box.of(plan.level().extent()))
                .extent();
        response.setHeader("X-Voxelflight-Dataset", plan.dataset().id().toString());
        response.setHeader("X-Voxelflight-Dtype", plan.dataset().elementType().numpyName());
        response.setHeader("X-Voxelflight-Level", String.valueOf(query.level()));
        response.setHeader(
                "X-Voxelflight-Shape",
                query.shape().z() + "," + query.shape().y() + ","
                        + query.shape().x());
        response.setHeader("X-Voxelflight-Valid", valid.z() + "," + valid.y() + "," + valid.x());
        response.setHeader(
                "X-Voxelflight-Origin",
                query.origin().t() + "," + query.origin().c() + ","
                        + query.origin().z() + "," + query.origin().y() + ","
                        + query.origin().x());
    }

    private long length() {
        return ipc != null ? ipc.bytes(1) : front().remaining() + plan.bytes();
    }

    private ByteBuffer front() {
        return query.format() == BlockFormat.NPY
                ? NpyHeader.of(plan.dataset().elementType(), query.shape())
                : NOTHING.duplicate();
    }

    @Override
    public ByteBuffer begin() {
        return NOTHING.duplicate();
    }

    @Override
    public Body block(PlannedBlock block, ByteBuffer voxels, Runnable release) {
        if (picture != null) {
            return new PictureBody(picture, voxels, release);
        }
        List<ByteBuffer> parts = ipc != null
                ? List.of(ipc.schema(), ipc.before(block), voxels, ipc.behind(), IpcBlocks.end())
                : List.of(front(), voxels);
        return query.coding().apply(new BufferBody(parts, release));
    }

    @Override
    public ByteBuffer end() {
        return NOTHING.duplicate();
    }
}
