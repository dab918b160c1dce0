package io.voxelflight.flight.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.voxelflight.flight.config.Home;
import io.voxelflight.flight.tls.TestAuthority;
import io.voxelflight.flight.tls.TestAuthority.Pair;
import io.voxelflight.flight.tls.TlsSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.Location;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The whole server with TLS: who may connect at both ports, and what becomes of those who may not. */
class TlsDoorsTest {

    @TempDir
    private Path folder;

    private TestAuthority authority;
    private Home home;

    @BeforeEach
    void make() throws Exception {
        authority = new TestAuthority(folder, "authority");
        home = new Home(folder.resolve("home"));
    }

    @Test
    void bothPortsSpeakTlsAndTakeNewCertificates() throws Exception {
        Pair first = authority.issue("first");
        Pair second = new TestAuthority(folder, "other").issue("second");
        Path certificate = Files.copy(first.certificate(), folder.resolve("tls.crt"));
        Path key = Files.copy(first.key(), folder.resolve("tls.key"));
        Path others = folder.resolve("other.pem");
        try (Server server = start(new TlsSettings(certificate, key, null));
                BufferAllocator allocator = new RootAllocator();
                FlightClient early = flight(allocator, server, authority.certificate(), null)) {
            assertThat(server.flightUri()).startsWith("grpc+tls://127.0.0.1:");
            assertThat(server.httpUri()).startsWith("https://127.0.0.1:");
            assertThat(RunningServer.find(home)).hasValueSatisfying(found -> {
                assertThat(found.uri()).isEqualTo(server.flightUri());
                assertThat(found.httpUri()).isEqualTo(server.httpUri());
            });
            assertThat(early.listFlights(Criteria.ALL)).isEmpty();
            assertThat(ready(server, context(authority.certificate(), null))).isEqualTo(200);
            assertThatThrownBy(() -> ready(server, context(others, null))).isInstanceOf(SSLException.class);
            try (FlightClient distrusting = flight(allocator, server, others, null)) {
                assertUnavailable(distrusting);
            }
            for (String old : new String[] {"TLSv1.1", "TLSv1"}) {
                assertThatThrownBy(() -> handshake(server.httpUri(), old)).isInstanceOf(IOException.class);
                assertThatThrownBy(() -> handshake(server.flightUri(), old)).isInstanceOf(IOException.class);
            }
            assertThat(handshake(server.httpUri(), "TLSv1.2")).isEqualTo("TLSv1.2");
            assertThat(handshake(server.httpUri(), "TLSv1.3")).isEqualTo("TLSv1.3");
            assertThat(handshake(server.flightUri(), "TLSv1.3")).isEqualTo("TLSv1.3");

            Files.copy(second.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
            Files.copy(second.key(), key, StandardCopyOption.REPLACE_EXISTING);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .ignoreExceptionsInstanceOf(SSLException.class)
                    .until(() -> ready(server, context(others, null)) == 200);
            try (FlightClient late = flight(allocator, server, others, null)) {
                assertThat(late.listFlights(Criteria.ALL)).isEmpty();
            }
            assertThat(early.listFlights(Criteria.ALL))
                    .as("a connection that was there goes on")
                    .isEmpty();
        }
    }

    @Test
    void withAuthoritiesOnlyTheirClientsComeIn() throws Exception {
        Pair pair = authority.issue("server");
        Pair known = authority.issue("known");
        Pair expired = authority.issueExpired("expired");
        Pair stranger = new TestAuthority(folder, "other").issue("stranger");
        try (Server server = start(new TlsSettings(pair.certificate(), pair.key(), authority.certificate()));
                BufferAllocator allocator = new RootAllocator()) {
            try (FlightClient client = flight(allocator, server, authority.certificate(), known)) {
                assertThat(client.listFlights(Criteria.ALL)).isEmpty();
            }
            assertThat(ready(server, context(authority.certificate(), known))).isEqualTo(200);
            List<@Nullable Pair> refused = new ArrayList<>(List.of(expired, stranger));
            refused.add(null);
            for (Pair other : refused) {
                assertThatThrownBy(() -> ready(server, context(authority.certificate(), other)))
                        .as("HTTPS with %s", other)
                        .isInstanceOf(IOException.class);
                try (FlightClient client = flight(allocator, server, authority.certificate(), other)) {
                    assertUnavailable(client);
                }
            }
        }
    }

    @Test
    void whoSpeaksNoTlsIsToldSoAndTheLogKeepsQuiet() throws Exception {
        Pair pair = authority.issue("server");
        List<String> said = new ArrayList<>();
        Handler listening = new Handler() {
            @Override
            public synchronized void publish(LogRecord event) {
                said.add(event.getLoggerName() + ": " + event.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        ListAppender<ILoggingEvent> warnings = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        warnings.start();
        root.addAppender(warnings);
        java.util.logging.Logger.getLogger("").addHandler(listening);
        try (Server server = start(new TlsSettings(pair.certificate(), pair.key(), null));
                BufferAllocator allocator = new RootAllocator()) {
            for (int i = 0; i < 20; i++) {
                assertThat(plain(server.httpUri(), "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"))
                        .startsWith("HTTP/1.1 400 ")
                        .contains("this port speaks TLS: use https://");
                assertThat(plain(server.flightUri(), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
                        .as("no word in plain text, at most TLS's own alert")
                        .doesNotContain("HTTP")
                        .hasSizeLessThan(16);
            }
            String plainUri = server.flightUri().replace("grpc+tls://", "grpc://");
            try (FlightClient client = FlightClient.builder(allocator, new Location(URI.create(plainUri)))
                    .build()) {
                assertUnavailable(client);
            }
            assertThat(ready(server, context(authority.certificate(), null))).isEqualTo(200);
        } finally {
            root.detachAppender(warnings);
            java.util.logging.Logger.getLogger("").removeHandler(listening);
        }
        assertThat(said).filteredOn(line -> line.contains("NettyServer")).isEmpty();
        assertThat(warnings.list)
                .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .extracting(ILoggingEvent::getFormattedMessage)
                .isEmpty();
    }

    private Server start(TlsSettings tls) {
        return Server.start(
                home,
                Map.of(),
                SmallServer.settings(
                        new ServerSettings.AccessSettings(false, null, tls), ServerSettings.CallSettings.DEFAULT));
    }

    private static void assertUnavailable(FlightClient client) {
        assertThatThrownBy(() -> client.listFlights(Criteria.ALL).forEach(info -> {}))
                .isInstanceOfSatisfying(
                        FlightRuntimeException.class,
                        e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.UNAVAILABLE));
    }

    private static FlightClient flight(BufferAllocator allocator, Server server, Path trusted, @Nullable Pair own)
            throws IOException {
        FlightClient.Builder builder = FlightClient.builder(allocator, new Location(URI.create(server.flightUri())))
                .useTls()
                .trustedCertificates(Files.newInputStream(trusted));
        if (own != null) {
            // its reader wants PKCS#8
            builder.clientCertificate(
                    Files.newInputStream(own.certificate()),
                    new ByteArrayInputStream(pkcs8(own).getBytes(StandardCharsets.US_ASCII)));
        }
        return builder.build();
    }

    private static int ready(Server server, SSLContext context) throws Exception {
        return HttpClient.newBuilder()
                .sslContext(context)
                .build()
                .send(
                        HttpRequest.newBuilder(URI.create(server.httpUri() + "/health/ready"))
                                .timeout(Duration.ofSeconds(20))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    /** A client's side, in the JDK's terms. */
    private static SSLContext context(Path trusted, @Nullable Pair own) throws Exception {
        CertificateFactory certificates = CertificateFactory.getInstance("X.509");
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("trusted", certificates.generateCertificate(Files.newInputStream(trusted)));
        TrustManagerFactory trusting = TrustManagerFactory.getInstance("PKIX");
        trusting.init(trust);
        KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        if (own != null) {
            PrivateKey key = KeyFactory.getInstance("EC")
                    .generatePrivate(new PKCS8EncodedKeySpec(
                            Base64.getMimeDecoder().decode(pkcs8(own).replaceAll("-----[A-Z ]+-----", ""))));
            X509Certificate certificate =
                    (X509Certificate) certificates.generateCertificate(Files.newInputStream(own.certificate()));
            store.setKeyEntry("own", key, new char[0], new Certificate[] {certificate});
        }
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trusting.getTrustManagers(), null);
        return context;
    }

    private static String pkcs8(Pair pair) throws IOException {
        try {
            Process process = new ProcessBuilder(
                            "openssl",
                            "pkcs8",
                            "-topk8",
                            "-nocrypt",
                            "-in",
                            pair.key().toString())
                    .start();
            String key = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(process.waitFor()).isZero();
            return key;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private String handshake(String uri, String version) throws Exception {
        URI at = URI.create(uri);
        SSLContext both = context(authority.certificate(), null);
        try (SSLSocket socket = (SSLSocket) both.getSocketFactory().createSocket(at.getHost(), at.getPort())) {
            socket.setSoTimeout(20_000);
            socket.setEnabledProtocols(new String[] {version});
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {uri.startsWith("https") ? "http/1.1" : "h2"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket.getSession().getProtocol();
        }
    }

    /** What comes back before the server closes the connection. */
    private static String plain(String uri, String text) throws IOException {
        URI at = URI.create(uri);
        try (Socket socket = new Socket(at.getHost(), at.getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
