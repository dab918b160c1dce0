package io.voxelflight.flight.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.flight.tls.TestAuthority.Pair;
import io.voxelflight.model.ServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys in all forms that openssl writes; files that cannot be used are named; new files are taken whole or not at all. */
class ServerTlsTest {
    @TempDir
    private Path folder;

    private TestAuthority authority;

    @BeforeEach
    void make() throws Exception {
        authority = new TestAuthority(folder, "authority");
    }

    @Test
    void readsEveryFormOfKeyThatOpensslWrites() throws Exception {
        authority.openssl("genrsa", "-traditional", "-out", "rsa1.key", "2048");
        authority.openssl("pkey", "-in", "rsa1.key", "-out", "rsa8.key");
        authority.openssl("ecparam", "-name", "secp384r1", "-genkey", "-out", "ec.key"); // with EC PARAMETERS before it
        authority.openssl("ecparam", "-name", "secp521r1", "-genkey", "-noout", "-out", "ec5.key");
        authority.openssl("pkey", "-in", "ec.key", "-out", "ec8.key");
        assertThat(Files.readString(folder.resolve("rsa1.key"))).contains("BEGIN RSA PRIVATE KEY");
        assertThat(Files.readString(folder.resolve("ec.key"))).contains("BEGIN EC PARAMETERS", "BEGIN EC PRIVATE KEY");
        assertThat(Files.readString(folder.resolve("ec8.key"))).contains("BEGIN PRIVATE KEY");
        for (String name : new String[] {"rsa1", "rsa8", "ec", "ec5", "ec8"}) {
            Pair pair = authority.sign(name, "-days", "1");
            try (ServerTls tls = open(pair.certificate(), pair.key(), null)) {
                String type = name.startsWith("rsa") ? "RSA" : "EC";
                String alias = tls.keys().chooseEngineServerAlias(type, null, null);
                assertThat(alias).as(name).isNotNull();
                assertThat(tls.keys().getPrivateKey(alias).getAlgorithm()).isEqualTo(type);
            }
        }
    }

    @Test
    void whatCannotBeUsedIsNamed() throws Exception {
        Pair good = authority.issue("good");
        Pair other = authority.issue("other");
        authority.openssl("genrsa", "-out", "rsa.key", "2048");
        authority.openssl("pkey", "-in", "good.key", "-aes256", "-passout", "pass:secret", "-out", "locked8.key");
        authority.openssl("ec", "-in", "good.key", "-aes256", "-passout", "pass:secret", "-out", "locked1.key");
        authority.openssl("genpkey", "-algorithm", "ed25519", "-out", "ed.key");
        Pair ed = authority.sign("ed", "-days", "1");
        Path empty = Files.createFile(folder.resolve("empty.pem"));
        Path broken = Files.writeString(
                folder.resolve("broken.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Path big = Files.write(folder.resolve("big.pem"), new byte[(1 << 20) + 1]);

        refused(good.certificate(), other.key(), null, "--tls-key", "is not the key of", "good.pem");
        refused(good.certificate(), folder.resolve("rsa.key"), null, "--tls-key", "rsa.key", "made together");
        refused(good.certificate(), folder.resolve("locked8.key"), null, "is encrypted", "openssl pkey");
        refused(good.certificate(), folder.resolve("locked1.key"), null, "is encrypted", "openssl pkey");
        refused(good.certificate(), good.certificate(), null, "good.pem", "has no private key");
        refused(ed.certificate(), ed.key(), null, "ed.pem", "EdDSA", "use EC (P-256) or RSA");
        refused(empty, good.key(), null, "--tls-cert", "empty.pem", "has no certificate");
        refused(broken, good.key(), null, "broken.pem", "certificate 1 cannot be read");
        refused(big, good.key(), null, "big.pem", "no PEM file");
        refused(folder.resolve("absent.pem"), good.key(), null, "--tls-cert", "absent.pem", "is not there");
        refused(folder, good.key(), null, "cannot be read");
        refused(good.certificate(), good.key(), empty, "--tls-client-ca", "has no certificate");

        Clock later = Clock.fixed(Instant.now().plusSeconds(2 * 86_400), ZoneOffset.UTC);
        assertThatThrownBy(() -> ServerTls.open(new TlsSettings(good.certificate(), good.key(), null), later))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining("good.pem: expired at");
        Clock earlier = Clock.fixed(Instant.now().minusSeconds(86_400), ZoneOffset.UTC);
        assertThatThrownBy(() -> ServerTls.open(new TlsSettings(good.certificate(), good.key(), null), earlier))
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining("good.pem: is not valid before");
    }

    @Test
    void newFilesAreTakenWhenBothAreThereAndABrokenOneIsNot() throws Exception {
        Pair first = authority.issue("first");
        Pair second = authority.issue("second");
        Path certificate = Files.copy(first.certificate(), folder.resolve("tls.crt"));
        Path key = Files.copy(first.key(), folder.resolve("tls.key"));
        try (ServerTls tls = open(certificate, key, null)) {
            assertThat(subject(tls)).contains("first");
            String before = tls.keys().chooseEngineServerAlias("EC", null, null);

            Files.copy(second.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
            look(tls);
            assertThat(subject(tls)).as("its key is not there yet").contains("first");
            Files.copy(second.key(), key, StandardCopyOption.REPLACE_EXISTING);
            look(tls);
            assertThat(subject(tls)).contains("second");
            assertThat(tls.keys()
                            .getCertificateChain(before)[0]
                            .getSubjectX500Principal()
                            .getName())
                    .as("a handshake that began before goes on with what it chose")
                    .contains("first");

            Files.writeString(certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
            look(tls);
            Files.delete(key);
            look(tls);
            assertThat(subject(tls)).contains("second");
            Files.copy(first.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
            Files.copy(first.key(), key);
            look(tls);
            assertThat(subject(tls)).contains("first");
        }
    }

    @Test
    void newAuthoritiesAreTaken() throws Exception {
        Pair server = authority.issue("server");
        TestAuthority strange = new TestAuthority(folder, "strange");
        Pair client = strange.issue("client");
        X509Certificate[] shown =
                PemFile.read("--test", client.certificate()).certificates().toArray(X509Certificate[]::new);
        Path authorities = Files.copy(authority.certificate(), folder.resolve("clients.pem"));
        try (ServerTls tls = open(server.certificate(), server.key(), authorities)) {
            assertThatThrownBy(() -> tls.clients().orElseThrow().checkClientTrusted(shown, "EC"))
                    .hasMessageContaining("path");
            Files.copy(strange.certificate(), authorities, StandardCopyOption.REPLACE_EXISTING);
            look(tls);
            tls.clients().orElseThrow().checkClientTrusted(shown, "EC");
        }
    }

    private static ServerTls open(Path certificate, Path key, @Nullable Path authorities) {
        return ServerTls.open(new TlsSettings(certificate, key, authorities), Clock.systemUTC());
    }

    private static void refused(Path certificate, Path key, @Nullable Path authorities, String... words) {
        assertThatThrownBy(() -> open(certificate, key, authorities).close())
                .isInstanceOf(ServiceException.class)
                .hasMessageContainingAll(words);
    }

    /** A change counts when two looks have seen the same. */
    private static void look(ServerTls tls) {
        tls.look();
        tls.look();
    }

    private static String subject(ServerTls tls) {
        String alias = tls.keys().chooseEngineServerAlias("EC", null, null);
        return tls.keys()
                .getCertificateChain(alias)[0]
                .getSubjectX500Principal()
                .getName();
    }
}
