package io.voxelflight.blockio.locate;

import io.voxelflight.blockio.format.KeyEncoding;
import io.voxelflight.model.Axis;
import io.voxelflight.model.BlockIndex;
import io.voxelflight.model.Extent;

/**
 * Makes the keys of an array's stored objects, such as {@code 0/c/3/1/0}.
 *
 * @param volume of the array, and {@code object} what is stored under one key
 */
public record ChunkKeys(String arrayPath, KeyEncoding encoding, Extent volume, Extent object) {
    public String key(BlockIndex index) {
        StringBuilder key = new StringBuilder(arrayPath);
        if (!arrayPath.isEmpty()) {
            key.append('/');
        }
        if (encoding instanceof KeyEncoding.Indices indices) {
            boolean separate = !indices.prefix().isEmpty();
            key.append(indices.prefix());
            for (Axis axis : indices.axes()) {
                if (separate) {
                    key.append(indices.separator());
                }
                separate = true;
                key.append(index.along(axis));
            }
        } else if (encoding instanceof KeyEncoding.VoxelRanges ranges) {
            range(key, ranges.offsetX(), Axis.X, index);
            range(key.append('_'), ranges.offsetY(), Axis.Y, index);
            range(key.append('_'), ranges.offsetZ(), Axis.Z, index);
        } else {
            throw new IllegalStateException("a chunk of " + encoding + " has no key of its own");
        }
        return key.toString();
    }

    private void range(StringBuilder key, long offset, Axis axis, BlockIndex index) {
        long start = index.along(axis) * object.along(axis);
        long stop = Math.min(start + object.along(axis), volume.along(axis));
        key.append(offset + start).append('-').append(offset + stop);
    }
}
