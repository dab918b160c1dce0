package io.voxelflight.sql.tensor;

import io.voxelflight.model.BlockGrid;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import io.voxelflight.model.VoxelSize;
import java.util.UUID;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/**
 * The column {@code tensor} of {@code blocks('dataset', level)}: one type and one shape for all rows. In PostgreSQL's rows
 * it is a number, that of the block in the level's grid; in the result the block's voxels.
 *
 * @param datasetId a dataset that is made anew is another one
 * @param extent voxels of the level
 * @param block the chunk of the level
 * @param voxelSize of the level; null if unknown
 * @param field the Arrow field, {@code arrow.fixed_shape_tensor}; its name is no matter
 * @param indexed whether the dataset has rows in {@code chunks}; one that was registered in place has none
 */
public record TensorColumn(
        UUID datasetId,
        String dataset,
        int level,
        Extent extent,
        BlockShape block,
        @Nullable VoxelSize voxelSize,
        ElementType elementType,
        Field field,
        boolean indexed) {

    /** The column's type for people: {@code TENSOR(uint8, 128x128x128)}. */
    public String sqlName() {
        return "TENSOR(" + elementType.numpyName() + ", " + block + ")";
    }

    /** Of each row. */
    public long bytes() {
        return (long) block.voxels() * elementType.bytes();
    }

    public BlockGrid grid() {
        return new BlockGrid(extent, block);
    }

    /** The first voxel of a block by its number. */
    public Point origin(long number) {
        return grid().origin(grid().index(number));
    }
}
