package io.voxelflight.sql.tensor;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;

/** Where the voxels of blocks come from. Safe for use by many threads. */
public interface BlockTensors {
    /** For servers and commands that have no voxels. */
    BlockTensors NONE = new BlockTensors() {
        @Override
        public TensorColumn column(String dataset, int level) {
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
     * @throws ServiceException NOT_FOUND naming the dataset or the level
     */
    TensorColumn column(String dataset, int level);

    /**
     * Opens the voxels of a column.
     *
     * @throws ServiceException NOT_FOUND if its dataset was removed since; what opening its volume throws
     */
    TensorReader open(TensorColumn column);
}
