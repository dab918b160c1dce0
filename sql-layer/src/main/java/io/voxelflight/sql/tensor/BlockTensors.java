package io.voxelflight.sql.tensor;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.UUID;
import java.util.function.Predicate;

/** Where the voxels of blocks come from. Safe for use by many threads. */
public interface BlockTensors {
    /** For servers and commands that have no voxels. */
    BlockTensors NONE = new BlockTensors() {
        @Override
        public TensorColumn column(String dataset, int level, Predicate<UUID> visible) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED, "blocks('" + dataset + "') needs a running server: ask one by its address");
        }

        @Override
        public TensorReader open(TensorColumn column) {
            throw new IllegalStateException("no column can have come from here");
        }
    };

    /**
     * The tensor column of a level of a dataset as it is now.
     *
     * @param visible whether a dataset exists for the caller
     * @throws ServiceException NOT_FOUND naming the dataset, which may be there and not visible, or the level
     */
    TensorColumn column(String dataset, int level, Predicate<UUID> visible);

    /**
     * Opens the voxels of a column.
     *
     * @throws ServiceException NOT_FOUND if its dataset was removed since; what opening its volume throws
     */
    TensorReader open(TensorColumn column);
}
