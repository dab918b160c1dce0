package io.voxelflight.flight.config;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The folder that holds all that one installation knows: embedded database, volumes, logs, secrets, and which server
 * runs.
 */
public record Home(Path root) {
    private static final int SECRET_BYTES = 32;

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

    /** The secret that signs tickets, made at first use, readable by its owner only. */
    public byte[] ticketKey() {
        Path file = root.resolve("ticket.key");
        try {
            if (!Files.exists(file)) {
                byte[] key = new byte[SECRET_BYTES];
                new SecureRandom().nextBytes(key);
                Path fresh = Files.createTempFile(root, "ticket", ".key"); // 0600
                Files.write(fresh, key);
                try {
                    Files.createLink(file, fresh); // not a move: who comes second must not replace the first one's key
                } catch (FileAlreadyExistsException other) {
                    // another process of this home made it just now
                } finally {
                    Files.deleteIfExists(fresh);
                }
            }
            byte[] key = Files.readAllBytes(file);
            if (key.length < SECRET_BYTES) {
                throw new ServiceException(
                        ErrorCode.INTERNAL,
                        "ticket key " + file + " has " + key.length
                                + " bytes, 32 are needed: delete it and start again");
            }
            return key;
        } catch (IOException e) {
            throw new ServiceException(ErrorCode.UNAVAILABLE, "ticket key " + file + " cannot be read: " + e, e);
        }
    }

    private static void restrict(Path path, String permissions) throws IOException {
        if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        }
    }
}
