package io.voxelflight.flight.stream;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import org.apache.arrow.flight.impl.Flight.FlightData;

/**
 * The bytes of a FlightData message up to its body: the IPC metadata, padded with zeros so that the body begins at a
 * multiple of {@link #ALIGNMENT} from the message's start, then the body's tag and length.
 *
 * <p>A client that reads the message into one aligned buffer (pyarrow does) so finds every array aligned.
 */
final class FlightDataHeader {
    static final int ALIGNMENT = 64;

    private static final int METADATA_TAG = tag(FlightData.DATA_HEADER_FIELD_NUMBER);
    private static final int APP_METADATA_TAG = tag(FlightData.APP_METADATA_FIELD_NUMBER);
    private static final int BODY_TAG = tag(FlightData.DATA_BODY_FIELD_NUMBER);

    private FlightDataHeader() {}

    /** A message of IPC metadata only: a schema. */
    static ByteBuf metadataOnly(ByteBuffer metadata) {
        return alone(METADATA_TAG, metadata);
    }

    /** A message of application metadata only. */
    static ByteBuf appMetadataOnly(ByteBuffer appMetadata) {
        return alone(APP_METADATA_TAG, appMetadata);
    }

    private static ByteBuf alone(int tag, ByteBuffer value) {
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(fieldLength(tag, value.remaining()));
        field(out, tag, value, 0);
        return out;
    }

    /**
     * What comes before a body.
     *
     * @param room bytes of the body that the caller will write behind it
     */
    static ByteBuf before(ByteBuffer metadata, byte[] appMetadata, int bodyLength, int room) {
        int appField = appMetadata.length == 0 ? 0 : fieldLength(APP_METADATA_TAG, appMetadata.length);
        int bodyStart = varintLength(BODY_TAG) + varintLength(bodyLength);
        int padding = 0;
        while ((fieldLength(METADATA_TAG, metadata.remaining() + padding) + appField + bodyStart) % ALIGNMENT != 0) {
            padding++;
        }
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(
                fieldLength(METADATA_TAG, metadata.remaining() + padding) + appField + bodyStart + room);
        if (appField > 0) {
            field(out, APP_METADATA_TAG, ByteBuffer.wrap(appMetadata), 0);
        }
        field(out, METADATA_TAG, metadata, padding);
        varint(out, BODY_TAG);
        varint(out, bodyLength);
        return out;
    }

    private static void field(ByteBuf out, int tag, ByteBuffer value, int padding) {
        varint(out, tag);
        varint(out, value.remaining() + padding);
        out.writeBytes(value.duplicate());
        out.writeZero(padding);
    }

    private static int fieldLength(int tag, int length) {
        return varintLength(tag) + varintLength(length) + length;
    }

    private static void varint(ByteBuf out, int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            out.writeByte((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    private static int varintLength(int value) {
        return CodedOutputStream.computeUInt32SizeNoTag(value);
    }

    private static int tag(int field) {
        return (field << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }
}
