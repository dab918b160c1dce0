package io.voxelflight.flight.server.cli;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The script that started this program, and the clone or image it lies in. */
final class Launcher {
    private Launcher() {}

    /** @throws ServiceException UNAVAILABLE if the program was started without it */
    static Path root() {
        String root = System.getenv("VOXELFLIGHT_ROOT");
        if (root == null || !Files.isExecutable(Path.of(root, "voxelflight"))) {
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE,
                    "this command needs the launcher: start it as ./voxelflight (VOXELFLIGHT_ROOT is "
                            + (root == null ? "not set" : "'" + root + "'") + ")");
        }
        return Path.of(root);
    }

    static Path path() {
        return root().resolve("voxelflight");
    }
}
