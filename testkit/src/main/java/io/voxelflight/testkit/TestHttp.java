package io.voxelflight.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A real file server: nginx, if it is installed, over a folder of files. A test that needs it is skipped, saying so, where
 * there is none.
 */
public final class TestHttp implements TestServer {
    private static final String[] PLACES = {"/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/bin/nginx"};

    private final Path folder;
    private final Process process;
    private final int port;

    private TestHttp(Path folder, Process process, int port) {
        this.folder = folder;
        this.process = process;
        this.port = port;
    }

    /** Starts a server of no files. */
    public static TestHttp start() {
        return start("");
    }

    /**
     * Starts a server of no files.
     *
     * @param directives of nginx for all files, such as {@code max_ranges 0;}
     */
    public static TestHttp start(String directives) {
        String nginx = null;
        for (String place : PLACES) {
            if (Files.isExecutable(Path.of(place))) {
                nginx = place;
            }
        }
        if (nginx == null) {
            return Assumptions.abort("skipped: nginx is not installed");
        }
        try {
            IOException last = null;
            for (int attempt = 0; attempt < 3; attempt++) { // another may take the port that was free
                int port = freePort();
                Path folder = Files.createTempDirectory("voxelflight-nginx-");
                Process process = launch(nginx, folder, port, directives);
                try {
                    awaitPort(process, port);
                    return new TestHttp(folder, process, port);
                } catch (IOException e) {
                    last = e;
                    stop(process, folder);
                }
            }
            throw new UncheckedIOException(last == null ? new IOException("nginx did not start") : last);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Process launch(String nginx, Path folder, int port, String directives) throws IOException {
        Files.createDirectories(folder.resolve("files"));
        Path settings = folder.resolve("nginx.conf");
        String user = "root".equals(System.getProperty("user.name")) ? "user root;\n" : "";
        Files.writeString(settings, user + """
                daemon off;
                worker_processes 1;
                pid %1$s/pid;
                error_log %1$s/error.log;
                events { worker_connections 512; }
                http {
                  access_log off;
                  default_type application/octet-stream;
                  client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy; fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi; scgi_temp_path %1$s/scgi;
                  keepalive_requests 100000;
                  server { listen 127.0.0.1:%2$d; root %1$s/files; %3$s }
                }
                """.formatted(folder, port, directives));
        return new ProcessBuilder(
                        nginx, "-p", folder.toString(), "-c", settings.toString(), "-e", folder + "/error.log")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out.log").toFile())
                .start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitPort(Process process, int port) throws IOException {
        IOException last = null;
        for (int attempt = 0; attempt < 500 && process.isAlive(); attempt++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.getOutputStream().write("HEAD / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                InputStream in = socket.getInputStream();
                if (in.read() == 'H' && process.isAlive()) {
                    return;
                }
            } catch (IOException e) {
                last = e;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(10); // another process tells nobody when it listens
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
        throw new IOException("nginx does not answer at port " + port, last);
    }

    /** The folder whose files are served. */
    public Path folder() {
        return folder.resolve("files");
    }

    @Override
    public void put(String key, byte[] bytes) {
        try {
            Path file = folder().resolve(key);
            Files.createDirectories(file.resolve("..").normalize());
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public URI uri() {
        return uri("127.0.0.1", port);
    }

    @Override
    public URI uri(String host, int otherPort) {
        return URI.create("http://" + host + ":" + otherPort);
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void close() {
        try {
            stop(process, folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void stop(@Nullable Process process, Path folder) throws IOException {
        if (process != null) {
            process.destroy();
            try {
                if (!process.waitFor(5, TimeUnit.SECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
