package io.voxelflight.flight.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An authority of a test's own, by the openssl program: certificates as its users have them. */
public final class TestAuthority {
    private final Path folder;
    private final String name;

    /** A certificate and its key. */
    public record Pair(Path certificate, Path key) {}

    public TestAuthority(Path folder, String name) throws IOException, InterruptedException {
        this.folder = folder;
        this.name = name;
        openssl(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=" + name,
                "-addext",
                "basicConstraints=critical,CA:TRUE",
                "-keyout",
                name + ".key",
                "-out",
                name + ".pem");
    }

    /** Its own certificate: who trusts it trusts what it signs. */
    public Path certificate() {
        return folder.resolve(name + ".pem");
    }

    /** A certificate for 127.0.0.1 and localhost with a key of P-256. */
    public Pair issue(String owner) throws IOException, InterruptedException {
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", owner + ".key");
        return sign(owner, "-days", "1");
    }

    /** One that ended before now. */
    public Pair issueExpired(String owner) throws IOException, InterruptedException {
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", owner + ".key");
        return sign(owner, "-days", "-1");
    }

    /** A certificate for a key that is there. */
    public Pair sign(String owner, String... validity) throws IOException, InterruptedException {
        openssl("req", "-new", "-key", owner + ".key", "-subj", "/CN=" + owner, "-out", owner + ".csr");
        Files.writeString(folder.resolve(owner + ".ext"), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
        List<String> arguments = new ArrayList<>(List.of(
                "x509",
                "-req",
                "-in",
                owner + ".csr",
                "-CA",
                name + ".pem",
                "-CAkey",
                name + ".key",
                "-extfile",
                owner + ".ext",
                "-out",
                owner + ".pem"));
        arguments.addAll(List.of(validity));
        openssl(arguments.toArray(String[]::new));
        return new Pair(folder.resolve(owner + ".pem"), folder.resolve(owner + ".key"));
    }

    /** Runs openssl in the folder. */
    public void openssl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said);
        }
    }
}
