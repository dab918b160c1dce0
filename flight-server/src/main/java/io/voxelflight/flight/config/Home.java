package io.voxelflight.flight.config;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The folder that holds all that one installation knows: embedded database, volumes, logs, secrets, and which server
 * runs.
 */
public record Home(Path root) {
    /** The home that {@code --home} names, else {@code $VOXELFLIGHT_HOME}, else {@code ~/.voxelflight}. */
    public static Home choose(@Nullable Path option, Map<String, String> environment) {
        if (option != null) {
            return new Home(option.toAbsolutePath().normalize());
        }
        String named = environment.get("VOXELFLIGHT_HOME");
        if (named != null && !named.isEmpty()) {
            return new Home(Path.of(named).toAbsolutePath().normalize());
        }
        return new Home(Path.of(System.getProperty("user.home"), ".voxelflight"));
    }

    public Path volumes() {
        return root.resolve("data");
    }

    public Path logs() {
        return root.resolve("logs");
    }

    public Path run() {
        return root.resolve("run");
    }

    /**
     * Makes the folders that are missing, the home itself readable by its owner only.
     *
     * @throws ServiceException UNAVAILABLE naming the folder that cannot be made
     */
    public Home prepare() {
        try {
            if (!Files.isDirectory(root)) {
                Files.createDirectories(root);
                restrict(root, "rwx------");
            }
            for (Path folder : new Path[] {volumes(), logs(), run()}) {
                Files.createDirectories(folder);
            }
            return this;
        } catch (IOException e) {
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE,
                    "home folder " + root + " cannot be made (" + e + "), name another with --home",
                    e);
        }
    }

    private static void restrict(Path path, String permissions) throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        }
    }
}
