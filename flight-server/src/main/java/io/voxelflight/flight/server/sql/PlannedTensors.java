package io.voxelflight.flight.server.sql;

import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.InPlace;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.flight.access.Caller;
import io.voxelflight.flight.plan.OpenLevel;
import io.voxelflight.flight.plan.Planner;
import io.voxelflight.flight.stream.BlockSchema;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Point;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.tensor.BlockTensors;
import io.voxelflight.sql.tensor.TensorColumn;
import io.voxelflight.sql.tensor.TensorReader;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/**
 * Voxels for SQL, from the volumes and the cache that block streams read. Which datasets exist for the caller the SQL layer
 * has checked already.
 */
public final class PlannedTensors implements BlockTensors {
    private final Planner planner;

    public PlannedTensors(Planner planner) {
        this.planner = planner;
    }

    @Override
    public TensorColumn column(String name, int wanted, Predicate<UUID> visible) {
        Dataset dataset = planner.find(new DatasetName(name), Caller.ANYONE);
        if (!visible.test(dataset.id())) {
            throw Planner.unknown(dataset.name());
        }
        Level level = Planner.level(dataset, wanted);
        return new TensorColumn(
                dataset.id(),
                dataset.name().value(),
                level.level(),
                level.extent(),
                level.chunk(),
                level.voxelSize(),
                dataset.elementType(),
                BlockSchema.tensor(dataset.elementType(), level.chunk()),
                InPlace.of(dataset).isEmpty());
    }

    @Override
    public TensorReader open(TensorColumn column) {
        Dataset dataset = planner.find(new DatasetName(column.dataset()), Caller.ANYONE);
        if (!dataset.id().equals(column.datasetId())) {
            throw new ServiceException(
                    ErrorCode.NOT_FOUND,
                    "dataset '" + column.dataset()
                            + "' was made anew since the statement was prepared: prepare it again");
        }
        return new Reader(planner.open(dataset, Planner.level(dataset, column.level())), column.block());
    }

    private record Reader(OpenLevel level, BlockShape block) implements TensorReader {
        @Override
        public ArrowBuf read(Point origin, BufferAllocator allocator, Cancellation cancellation) {
            return level.array().readBlock(origin, block, allocator, cancellation);
        }

        @Override
        public void close() {
            level.close();
        }
    }
}
