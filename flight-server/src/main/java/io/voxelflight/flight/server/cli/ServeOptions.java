package io.voxelflight.flight.server.cli;

import com.sun.management.OperatingSystemMXBean;
import io.voxelflight.flight.config.ByteSize;
import io.voxelflight.flight.config.Home;
import io.voxelflight.flight.http.zarr.AllowedOrigins;
import io.voxelflight.flight.http.zarr.ZarrLimits;
import io.voxelflight.flight.server.ServerSettings;
import io.voxelflight.flight.tls.TlsSettings;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a server shall run: shared by {@code serve} and {@code up}. */
final class ServeOptions {
    static final int FLIGHT_PORT = 8815;
    static final int HTTP_PORT = 8816;

    private static final long GIB = 1L << 30;

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            paramLabel = "ADDRESS",
            description =
                    "Address to listen on (default: ${DEFAULT-VALUE}, which only this machine reaches; at any other"
                            + " one callers must show a key or token, unless told otherwise: see --auth and --insecure).")
    String host = "127.0.0.1";

    @Option(
            names = "--flight-port",
            defaultValue = "" + FLIGHT_PORT,
            paramLabel = "N",
            description = "Port of Arrow Flight and Flight SQL (default: ${DEFAULT-VALUE}; 0: a free port).")
    int flightPort = FLIGHT_PORT;

    @Option(
            names = "--http-port",
            defaultValue = "" + HTTP_PORT,
            paramLabel = "N",
            description = "Port of the HTTP API, health and metrics (default: ${DEFAULT-VALUE}; 0: a free port).")
    int httpPort = HTTP_PORT;

    @Option(
            names = "--auth",
            paramLabel = "off|required",
            description = "Whether callers must show an API key ('voxelflight keys create') or a token (--tokens)"
                    + " (default: off where only this machine reaches the server, else required).")
    @Nullable
    Auth auth;

    @Option(
            names = "--tokens",
            paramLabel = "FILE",
            description = "Settings of the issuers whose JSON Web Tokens are taken (docs/security.md).")
    @Nullable
    Path tokens;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "Certificate of the server, PEM, its own first and then those that lead to its authority:"
                    + " both ports then speak TLS only. Read again when it changes.")
    @Nullable
    Path tlsCertificate;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "The certificate's private key, PEM, not encrypted.")
    @Nullable
    Path tlsKey;

    @Option(
            names = "--tls-client-ca",
            paramLabel = "FILE",
            description = "Certificates of authorities, PEM: clients without a certificate of theirs are refused.")
    @Nullable
    Path tlsClientAuthorities;

    @Option(
            names = "--insecure",
            description = "Let other machines in without TLS, or with --auth off: only where something else keeps"
                    + " strangers out, such as a proxy or a network of your own.")
    boolean insecure;

    @Option(
            names = "--advertise",
            paramLabel = "URI",
            description = "Address that clients are sent to for blocks, such as grpc://volumes.example.org:8815"
                    + " (default: the connection they came by).")
    @Nullable
    String advertise;

    @Option(
            names = "--cache",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description =
                    "Memory for decoded chunks, such as 4GiB (default: a quarter of this machine's, at most 16GiB).")
    @Nullable
    ByteSize cache;

    @Option(
            names = "--disk-cache",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "Local disk for chunks that memory has no room for, such as 200GiB (default: none)."
                    + " Its space is free again when the server ends, however it ends.")
    @Nullable
    ByteSize diskCache;

    @Option(
            names = "--disk-cache-content",
            paramLabel = "decoded|stored",
            defaultValue = "decoded",
            description =
                    "What lies there: 'decoded' chunks, of which crops copy their rows and nothing is decoded again;"
                            + " or chunks as they are 'stored', which take less room and save requests to a distant store only"
                            + " (default: ${DEFAULT-VALUE}).")
    DiskCacheContent diskCacheContent = DiskCacheContent.decoded;

    @Option(
            names = "--disk-cache-folder",
            paramLabel = "DIR",
            description = "Where on the local disk (default: the folder 'cache' of the home).")
    @Nullable
    Path diskCacheFolder;

    @Option(
            names = "--max-streams",
            defaultValue = "256",
            paramLabel = "N",
            description = "Streams served at once; a further one waits for a while (default: ${DEFAULT-VALUE}).")
    int maxStreams = 256;

    @Option(
            names = "--stream-memory",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "Memory for blocks on their way to all clients together"
                    + " (default: an eighth of this machine's, at most 1GiB).")
    @Nullable
    ByteSize streamMemory;

    @Option(
            names = "--sql-memory",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "Memory for rows on their way to all clients together"
                    + " (default: a sixteenth of this machine's, at most 512MiB).")
    @Nullable
    ByteSize sqlMemory;

    @Option(
            names = "--zarr-memory",
            paramLabel = "SIZE",
            converter = ByteSizeConverter.class,
            description = "Memory for chunks of the Zarr view, on their way to clients and encoded ones that are kept"
                    + " (default: a thirty-second of this machine's, 128MiB to 512MiB).")
    @Nullable
    ByteSize zarrMemory;

    @Option(
            names = "--allow-origin",
            paramLabel = "ORIGIN",
            description = "Web page that may read the Zarr view, such as https://viewer.example.org, or '*' for all;"
                    + " may be given several times (default: all where access control is off, else none).")
    List<String> allowOrigins = new ArrayList<>();

    @Option(
            names = "--do-get",
            paramLabel = "own|stock",
            defaultValue = "own",
            description = "How blocks are put on the wire: 'own' without copies, 'stock' by Arrow's own listener"
                    + " (default: ${DEFAULT-VALUE}).")
    DoGet doGet = DoGet.own;

    @Mixin
    CallOptions calls = new CallOptions();

    @Option(
            names = "--no-migrate",
            description = "Refuse to start instead of migrating a database of an older version.")
    boolean noMigrate;

    /** The values of {@code --disk-cache-content}, as they are written. */
    enum DiskCacheContent {
        decoded,
        stored
    }

    /** The values of {@code --auth}, as they are written. */
    enum Auth {
        off,
        required
    }

    /** The values of {@code --do-get}, as they are written. */
    enum DoGet {
        own,
        stock
    }

    /** The same options as arguments of another process. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(
                "--host",
                host,
                "--flight-port",
                String.valueOf(flightPort),
                "--http-port",
                String.valueOf(httpPort),
                "--max-streams",
                String.valueOf(maxStreams),
                "--do-get",
                doGet.name()));
        if (auth != null) {
            arguments.addAll(List.of("--auth", auth.name()));
        }
        file(arguments, "--tokens", tokens);
        file(arguments, "--tls-cert", tlsCertificate);
        file(arguments, "--tls-key", tlsKey);
        file(arguments, "--tls-client-ca", tlsClientAuthorities);
        if (insecure) {
            arguments.add("--insecure");
        }
        if (advertise != null) {
            arguments.addAll(List.of("--advertise", advertise));
        }
        size(arguments, "--cache", cache);
        size(arguments, "--disk-cache", diskCache);
        arguments.addAll(List.of("--disk-cache-content", diskCacheContent.name()));
        if (diskCacheFolder != null) {
            arguments.addAll(List.of(
                    "--disk-cache-folder", diskCacheFolder.toAbsolutePath().toString()));
        }
        size(arguments, "--stream-memory", streamMemory);
        size(arguments, "--sql-memory", sqlMemory);
        arguments.addAll(calls.arguments());
        size(arguments, "--zarr-memory", zarrMemory);
        allowOrigins.forEach(origin -> arguments.addAll(List.of("--allow-origin", origin)));
        if (noMigrate) {
            arguments.add("--no-migrate");
        }
        return arguments;
    }

    /** The same options with all defaults resolved. */
    ServerSettings settings(Home home) {
        long machine = machineBytes();
        ServerSettings.AccessSettings access = access();
        return new ServerSettings(
                host,
                flightPort,
                httpPort,
                advertise,
                cache == null ? Math.min(16 * GIB, machine / 4) : cache.bytes(),
                maxStreams,
                streamMemory == null ? Math.min(GIB, machine / 8) : streamMemory.bytes(),
                sqlMemory == null ? Math.min(GIB / 2, machine / 16) : sqlMemory.bytes(),
                Math.min(GIB / 2, machine / 16),
                diskCache == null
                        ? null
                        : new ServerSettings.DiskCacheSettings(
                                diskCacheFolder == null ? home.root().resolve("cache") : diskCacheFolder,
                                diskCache.bytes(),
                                diskCacheContent == DiskCacheContent.stored),
                doGet == DoGet.own,
                access,
                calls.settings(),
                new ServerSettings.ZarrSettings(
                        zarrMemory == null
                                ? Math.max(ZarrLimits.MIN_BYTES, Math.min(GIB / 2, machine / 32))
                                : zarrMemory.bytes(),
                        origins(access)),
                !noMigrate);
    }

    private AllowedOrigins origins(ServerSettings.AccessSettings access) {
        if (allowOrigins.isEmpty()) {
            return access.required() ? AllowedOrigins.NONE : AllowedOrigins.ALL;
        }
        return new AllowedOrigins(Set.copyOf(allowOrigins));
    }

    private ServerSettings.AccessSettings access() {
        boolean here = isLoopback(host);
        boolean required = auth == null ? !here || tokens != null : auth == Auth.required;
        TlsSettings tls = tls();
        if (!here && !insecure && !(required && tls != null)) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "--host " + host + " lets other machines in, and "
                            + (required
                                    ? "without --tls-cert and --tls-key keys and data travel readable for all"
                                    : "--auth off lets everybody do everything")
                            + ": change that, or say --insecure if something else keeps strangers out");
        }
        if (tokens != null && !required) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "--tokens says whose tokens are taken, but --auth off takes none: leave one out");
        }
        return new ServerSettings.AccessSettings(required, tokens, tls);
    }

    private @Nullable TlsSettings tls() {
        if (tlsCertificate != null && tlsKey != null) {
            return new TlsSettings(tlsCertificate, tlsKey, tlsClientAuthorities);
        }
        if (tlsCertificate != null || tlsKey != null || tlsClientAuthorities != null) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "TLS needs --tls-cert and --tls-key, but " + (tlsCertificate == null ? "--tls-cert" : "--tls-key")
                            + " is missing: give both");
        }
        return null;
    }

    /** Whether only this machine reaches an address. */
    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("::1") || host.matches("127\\.\\d+\\.\\d+\\.\\d+");
    }

    /** Memory of this machine, or of the container that we are in. */
    private static long machineBytes() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
    }

    private static void file(List<String> arguments, String option, @Nullable Path file) {
        if (file != null) {
            arguments.addAll(List.of(option, file.toAbsolutePath().toString()));
        }
    }

    private static void size(List<String> arguments, String option, @Nullable ByteSize size) {
        if (size != null) {
            arguments.addAll(List.of(option, String.valueOf(size.bytes())));
        }
    }
}
