package io.voxelflight.blockio.locate;

import io.voxelflight.blockio.format.ArrayMetadata.KeyEncoding;
import io.voxelflight.model.Axis;
import io.voxelflight.model.BlockIndex;
import java.util.List;

/** Makes the keys of an array's stored objects, such as {@code 0/c/3/1/0}. */
public record ChunkKeys(String arrayPath, KeyEncoding encoding, List<Axis> axes) {
    public String key(BlockIndex object) {
        StringBuilder key = new StringBuilder(arrayPath);
        if (!arrayPath.isEmpty()) {
            key.append('/');
        }
        boolean separate = encoding.prefixed();
        if (encoding.prefixed()) {
            key.append('c');
        }
        for (Axis axis : axes) {
            if (separate) {
                key.append(encoding.separator());
            }
            separate = true;
            key.append(
                    switch (axis) {
                        case T -> object.t();
                        case C -> object.c();
                        case Z -> object.z();
                        case Y -> object.y();
                        case X -> object.x();
                    });
        }
        return key.toString();
    }
}
