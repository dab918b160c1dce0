package io.voxelflight.catalog.postgres.server;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * One file of the Python package index, named by version and SHA-256. Fetched by the machine's own pip, which knows its
 * index, proxies and certificates; checked by pip and by us.
 */
public record PinnedWheel(String project, String version, String sha256) {
    private static final long FETCH_SECONDS = 300;
    private static final Set<PosixFilePermission> TO_ALL = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final Set<PosixFilePermission> TO_READ = PosixFilePermissions.fromString("rw-r--r--");

    /**
     * Unpacks the wheel's files into {@code folder}, once: if it is there already it is taken as it is. Safe when several
     * processes do it at once.
     *
     * @param wanted which entries, by their name in the wheel
     * @throws ServiceException UNAVAILABLE if it cannot be fetched, CORRUPT_DATA if it is not the pinned one
     */
    public Path unpackTo(Path folder, Predicate<String> wanted) {
        if (Files.isDirectory(folder)) {
            return folder;
        }
        try {
            Files.createDirectories(folder.toAbsolutePath().getParent());
            Path work = Files.createTempDirectory(folder.toAbsolutePath().getParent(), "." + project + "-");
            try {
                Path wheel = fetch(work.resolve("download"));
                Path unpacked = work.resolve("unpacked");
                unpack(wheel, unpacked, wanted);
                moveOnce(unpacked, folder);
            } finally {
                FileTree.delete(work);
            }
            return folder;
        } catch (IOException e) {
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE,
                    project + " " + version + " cannot be unpacked into " + folder + ": " + e,
                    e);
        }
    }

    private Path fetch(Path downloads) throws IOException {
        Files.createDirectories(downloads);
        Path requirements = downloads.resolve("requirements.txt");
        Files.writeString(requirements, project + "==" + version + " --hash=sha256:" + sha256 + "\n");
        List<String> command = List.of(
                "python3",
                "-m",
                "pip",
                "--quiet",
                "--disable-pip-version-check",
                "download",
                "--no-deps",
                "--only-binary=:all:",
                "--require-hashes",
                "-r",
                requirements.toString(),
                "-d",
                downloads.toString());
        Path log = downloads.resolve("pip.log");
        Process pip;
        try {
            pip = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE,
                    project + " " + version + " cannot be fetched: python3 does not start (" + e.getMessage()
                            + "), install Python 3 with pip",
                    e);
        }
        try {
            if (!pip.waitFor(FETCH_SECONDS, TimeUnit.SECONDS)) {
                pip.destroyForcibly();
                throw new ServiceException(
                        ErrorCode.TIMED_OUT,
                        project + " " + version + " was not fetched by pip within " + FETCH_SECONDS + " s, try again");
            }
        } catch (InterruptedException e) {
            pip.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new ServiceException(ErrorCode.CANCELLED, "interrupted while pip fetched " + project, e);
        }
        if (pip.exitValue() != 0) {
            String output = Files.readString(log, StandardCharsets.UTF_8).strip();
            String last = output.substring(output.lastIndexOf('\n') + 1);
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE,
                    project + " " + version + " cannot be fetched by pip (" + last
                            + "): check the network and pip's settings");
        }
        try (Stream<Path> files = Files.list(downloads)) {
            Path wheel = files.filter(file -> file.toString().endsWith(".whl"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("pip fetched no wheel"));
            check(wheel);
            return wheel;
        }
    }

    private void check(Path wheel) throws IOException {
        try (DigestInputStream in =
                new DigestInputStream(Files.newInputStream(wheel), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            String found = HexFormat.of().formatHex(in.getMessageDigest().digest());
            if (!found.equals(sha256)) {
                throw new ServiceException(
                        ErrorCode.CORRUPT_DATA,
                        project + " " + version + " has SHA-256 " + found + ", " + sha256
                                + " is expected: it was not unpacked");
            }
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void unpack(Path wheel, Path target, Predicate<String> wanted) throws IOException {
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                Path file = target.resolve(entry.getName()).normalize();
                if (entry.isDirectory() || !wanted.test(entry.getName()) || !file.startsWith(target)) {
                    continue;
                }
                Files.createDirectories(file.getParent());
                try (InputStream in = zip.getInputStream(entry)) {
                    Files.copy(in, file);
                }
                Files.setPosixFilePermissions(file, entry.getName().contains("/bin/") ? TO_ALL : TO_READ);
            }
        }
        try (Stream<Path> folders = Files.walk(target).filter(Files::isDirectory)) {
            for (Path folder : folders.toList()) {
                openToAll(folder);
            }
        }
    }

    /** Lets every user read and run what lies in a folder, whatever the umask was when it was made. */
    static void openToAll(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, TO_ALL);
    }

    private static void moveOnce(Path unpacked, Path folder) throws IOException {
        try {
            Files.move(unpacked, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            } // another process was first: what it unpacked is the same
        }
    }
}
