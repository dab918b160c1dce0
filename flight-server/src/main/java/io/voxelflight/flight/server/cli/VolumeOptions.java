package io.voxelflight.flight.server.cli;

import io.voxelflight.model.Axis;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VoxelSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Values of options that say what a volume is. */
final class VolumeOptions {
    private VolumeOptions() {}

    /** {@code --axes}: letters, slowest first. */
    static List<Axis> axes(String letters) {
        List<Axis> axes = new ArrayList<>();
        for (char letter : letters.toLowerCase(Locale.ROOT).toCharArray()) {
            int place = "tczyx".indexOf(letter);
            if (place < 0 || axes.contains(Axis.values()[place])) {
                throw wrong("--axes '" + letters + "' is not made of the letters t, c, z, y and x, each at most once");
            }
            axes.add(Axis.values()[place]);
        }
        return axes;
    }

    /** {@code --voxel-size}: Z,Y,X in nanometres. */
    static VoxelSize voxelSize(String text) {
        String[] parts = text.split(",", -1);
        try {
            if (parts.length != 3) {
                throw new IllegalArgumentException("it has " + parts.length + " lengths");
            }
            return new VoxelSize(
                    Double.parseDouble(parts[0]), Double.parseDouble(parts[1]), Double.parseDouble(parts[2]));
        } catch (IllegalArgumentException e) {
            throw wrong("--voxel-size '" + text + "' is not three positive lengths in nanometres, such as 8,8,8");
        }
    }

    private static ServiceException wrong(String message) {
        return new ServiceException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
