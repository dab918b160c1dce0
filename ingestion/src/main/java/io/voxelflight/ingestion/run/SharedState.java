package io.voxelflight.ingestion.run;

import io.voxelflight.blockio.encode.VolumeWriter;
import io.voxelflight.ingestion.plan.IngestPlan;
import io.voxelflight.ingestion.plan.Pyramid;
import io.voxelflight.model.BlockGrid;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.VolumeKind;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/** What the threads of one ingestion share. */
record SharedState(
        IngestPlan plan,
        List<BlockGrid> grids,
        VolumeWriter writer,
        OpenShards shards,
        UnfinishedChunks unfinished,
        ChunkRowFile rows,
        AtomicLongArray storedBytes) {
    Pyramid pyramid() {
        return plan.pyramid();
    }

    int levels() {
        return grids.size();
    }

    BlockGrid grid(int level) {
        return grids.get(level);
    }

    ElementType elementType() {
        return plan.spec().elementType();
    }

    VolumeKind kind() {
        return plan.spec().kind();
    }

    long chunkBytes() {
        return (long) plan.spec().chunk().voxels() * elementType().bytes();
    }

    void addStored(int level, long bytes) {
        storedBytes.addAndGet(level, bytes);
    }
}
