package io.voxelflight.blockio.encode;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.nio.ByteBuffer;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;

class ChunkEncoderTest {
    private static final byte[] FILL = {1, 2};

    @Test
    void aChunkOfFillValueIsNotStored() {
        try (BufferAllocator allocator = new RootAllocator();
                ChunkEncoder encoder = ChunkEncoder.zstd(64, 1, FILL, allocator);
                ArrowBuf voxels = allocator.buffer(64)) {
            for (int i = 0; i < 64; i++) {
                voxels.setByte(i, FILL[i % 2]);
            }
            assertThat(encoder.encode(voxels)).isEmpty();
            for (int changed : new int[] {0, 1, 31, 62, 63}) {
                byte before = voxels.getByte(changed);
                voxels.setByte(changed, 9);
                assertThat(encoder.encode(voxels)).as("byte %s", changed).isPresent();
                voxels.setByte(changed, before);
            }
            voxels.setZero(0, 64);
            ByteBuffer zeros = encoder.encode(voxels).orElseThrow();
            byte[] frame = new byte[zeros.remaining()];
            zeros.get(frame);
            assertThat(Zstd.decompress(frame, 64)).isEqualTo(new byte[64]);
        }
    }
}
