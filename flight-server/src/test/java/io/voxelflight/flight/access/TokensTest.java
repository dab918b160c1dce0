package io.voxelflight.flight.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Role;
import io.voxelflight.model.ServiceException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens of known issuers are taken, and every attack on them is refused. */
class TokensTest {
    private static final Instant START = Instant.parse("2026-11-30T10:00:00Z");
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path folder;

    private static RSAKey rsa;
    private static ECKey ec;
    private final MovingClock clock = new MovingClock();

    @BeforeAll
    static void makeKeys() throws Exception {
        rsa = new RSAKeyGenerator(2048).keyID("r1").generate();
        ec = new ECKeyGenerator(Curve.P_256).keyID("e1").generate();
    }

    @BeforeEach
    void publishKeys() throws Exception {
        publish(rsa, ec);
        Files.writeString(folder.resolve("secret"), SECRET);
    }

    @Test
    void everyAlgorithmIsTaken() throws Exception {
        Tokens tokens = tokens();
        for (String token : List.of(
                signed(JWSAlgorithm.RS256, "r1", new RSASSASigner(rsa), claims("lab")),
                signed(JWSAlgorithm.ES256, "e1", new ECDSASigner(ec), claims("lab")),
                signed(JWSAlgorithm.HS256, null, new MACSigner(SECRET), claims("shared")))) {
            Caller caller = tokens.admit(token);
            assertThat(caller.name()).isEqualTo("anna");
            assertThat(caller.role()).isEqualTo(Role.WRITER);
            assertThat(caller.sees(new DatasetName("mouse-1"))).isTrue();
            assertThat(caller.sees(new DatasetName("fly"))).isFalse();
            assertThat(caller.until()).isEqualTo(START.plusSeconds(600 + 30));
        }
    }

    @Test
    void twoIssuersHaveTwoAnnas() throws Exception {
        Tokens tokens = tokens();
        assertThat(tokens.admit(rs256(claims("lab"))).id())
                .isNotEqualTo(tokens.admit(signed(JWSAlgorithm.HS256, null, new MACSigner(SECRET), claims("shared")))
                        .id());
    }

    @Test
    void theHighestRoleCountsAndWithoutOneThereIsNone() throws Exception {
        Tokens tokens = tokens();
        assertThat(tokens.admit(rs256(claims("lab").claim("groups", List.of("everybody", "ops"))))
                        .role())
                .isEqualTo(Role.ADMIN);
        refused(tokens, rs256(claims("lab").claim("groups", List.of("everybody"))), "no role here");
        refused(tokens, rs256(claims("lab").claim("groups", null)), "no role here");
        // what a role is called here means nothing where the settings give roles other names
        refused(tokens, rs256(claims("lab").claim("groups", List.of("admin"))), "no role here");
    }

    @Test
    void withoutAClaimThereAreTheUsualDatasets() throws Exception {
        Caller caller = tokens().admit(rs256(claims("lab").claim("datasets", null)));
        assertThat(caller.sees(new DatasetName("public-1"))).isTrue();
        assertThat(caller.sees(new DatasetName("mouse-1"))).isFalse();
        refused(tokens(), rs256(claims("lab").claim("datasets", "a/b")), "names no datasets");
    }

    @Test
    void timesAreKeptWithALittlePlay() throws Exception {
        Tokens tokens = tokens();
        String token = rs256(claims("lab"));
        clock.now = START.plusSeconds(600 + 29);
        tokens.admit(token);
        clock.now = START.plusSeconds(600 + 31);
        refused(tokens, token, "Expired JWT");
        clock.now = START;
        refused(tokens, rs256(claims("lab").notBeforeTime(Date.from(START.plusSeconds(60)))), "before use time");
        tokens.admit(rs256(claims("lab").notBeforeTime(Date.from(START.plusSeconds(20)))));
        refused(tokens, rs256(claims("lab").expirationTime(null)), "missing required claims: [exp]");
        refused(tokens, rs256(claims("lab").subject(null)), "missing required claims: [sub]");
    }

    @Test
    void othersTokensAreRefused() throws Exception {
        Tokens tokens = tokens();
        refused(tokens, rs256(claims("elsewhere")), "issuer that this server does not know");
        refused(tokens, rs256(claims("lab").issuer(null)), "issuer that this server does not know");
        refused(tokens, rs256(claims("lab").audience("another-service")), "aud");
        refused(tokens, rs256(claims("lab").audience((String) null)), "aud");
        RSAKey own = new RSAKeyGenerator(2048).keyID("r1").generate();
        refused(tokens, signed(JWSAlgorithm.RS256, "r1", new RSASSASigner(own), claims("lab")), "not signed by");
    }

    @Test
    void noTokenChoosesItsOwnKeyOrAlgorithm() throws Exception {
        Tokens tokens = tokens();
        // none, in every spelling
        for (String alg : List.of("none", "None", "NONE", "")) {
            refused(tokens, parts("{\"alg\":\"" + alg + "\"}", claims("lab"), ""), "");
        }
        // the public key as a shared secret
        byte[] publicKey = rsa.toRSAPublicKey().getEncoded();
        refused(tokens, signed(JWSAlgorithm.HS256, "r1", new MACSigner(publicKey), claims("lab")), "not signed by");
        byte[] pem = ("-----BEGIN PUBLIC KEY-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(publicKey)
                        + "\n-----END PUBLIC KEY-----\n")
                .getBytes(StandardCharsets.US_ASCII);
        refused(tokens, signed(JWSAlgorithm.HS256, "r1", new MACSigner(pem), claims("lab")), "not signed by");
        // an algorithm that is good, but not this issuer's
        refused(tokens, signed(JWSAlgorithm.RS512, "r1", new RSASSASigner(rsa), claims("lab")), "not signed by");
        refused(
                tokens,
                signed(JWSAlgorithm.HS384, null, new MACSigner(SECRET + SECRET), claims("shared")),
                "not signed");
        // a key that the token brings along, by value or by address
        RSAKey own = new RSAKeyGenerator(2048).keyID("mine").generate();
        JWSHeader embedded = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID("mine")
                .jwk(own.toPublicJWK())
                .build();
        refused(tokens, signed(embedded, new RSASSASigner(own), claims("lab")), "not signed by");
        AtomicInteger asked = new AtomicInteger();
        HttpServer attacker = server(new JWKSet(own.toPublicJWK()).toString(), asked);
        try {
            JWSHeader pointing = new JWSHeader.Builder(JWSAlgorithm.RS256)
                    .keyID("mine")
                    .jwkURL(uri(attacker))
                    .x509CertURL(uri(attacker))
                    .build();
            refused(tokens, signed(pointing, new RSASSASigner(own), claims("lab")), "not signed by");
            assertThat(asked).hasValue(0);
        } finally {
            attacker.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../../etc/passwd",
                "/dev/null",
                "r1' OR '1'='1",
                "r1\u0000",
                "file:///dev/null",
                "$(id)",
                "https://127.0.0.1/"
            })
    void aKeyIdIsOnlyAName(String kid) throws Exception {
        // with the content of /dev/null, the empty secret, an attacker could sign
        refused(tokens(), parts("{\"alg\":\"HS256\",\"kid\":" + json(kid) + "}", claims("lab"), ""), "");
        refused(
                tokens(),
                signed(JWSAlgorithm.HS256, kid, new MACSigner(new byte[32]), claims("shared")),
                "not signed by");
        refused(tokens(), signed(JWSAlgorithm.HS256, kid, new MACSigner(new byte[32]), claims("lab")), "not signed by");
    }

    @Test
    void aChangedTokenIsRefused() throws Exception {
        Tokens tokens = tokens();
        String good = rs256(claims("lab"));
        tokens.admit(good);
        String[] part = good.split("\\.", -1);
        String richer = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(new String(Base64.getUrlDecoder().decode(part[1]), StandardCharsets.UTF_8)
                        .replace("mouse-*", "*")
                        .getBytes(StandardCharsets.UTF_8));
        refused(tokens, part[0] + "." + richer + "." + part[2], "not signed by");
        refused(tokens, part[0] + "." + part[1] + ".", "");
        refused(tokens, part[0] + "." + part[1], "");
        refused(tokens, "..", "");
        refused(tokens, "a.b.c", "");
        refused(tokens, "x".repeat(20_000), "at most");
    }

    @Test
    void keysOfAFileRotate() throws Exception {
        Tokens tokens = tokens();
        String old = rs256(claims("lab"));
        tokens.admit(old);
        RSAKey next = new RSAKeyGenerator(2048).keyID("r2").generate();
        String fresh = signed(JWSAlgorithm.RS256, "r2", new RSASSASigner(next), claims("lab"));
        refused(tokens, fresh, "not signed by");
        publish(next);
        tokens.admit(fresh);
        clock.now = START.plusSeconds(61); // a checked token is known for a minute
        refused(tokens, old, "not signed by");
    }

    @Test
    void keysOfAnAddressAreFetchedAgainForANewName() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        HttpServer issuer = server(new JWKSet(rsa.toPublicJWK()).toString(), asked);
        try {
            Tokens tokens = new Tokens(
                    TokenIssuer.read(
                            settings("{'issuer':'lab','audience':'voxelflight','algorithms':['RS256'],'jwks_url':'"
                                    + uri(issuer) + "','default_role':'reader'}")),
                    clock);
            tokens.admit(rs256(claims("lab")));
            tokens.admit(rs256(claims("lab").subject("ben")));
            assertThat(asked).hasValue(1);
        } finally {
            issuer.stop(0);
        }
    }

    @Test
    void anIssuerThatDoesNotAnswerIsNoFaultOfTheCaller() throws Exception {
        HttpServer issuer = server("", new AtomicInteger());
        URI gone = uri(issuer);
        issuer.stop(0);
        Tokens tokens = new Tokens(
                TokenIssuer.read(settings("{'issuer':'lab','audience':'voxelflight','algorithms':['RS256'],'jwks_url':'"
                        + gone + "','default_role':'reader'}")),
                clock);
        assertThatThrownBy(() -> tokens.admit(rs256(claims("lab"))))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'issuer':'a','audience':'b','algorithms':['HS256'],'jwks_file':'jwks'}",
                "{'issuer':'a','audience':'b','algorithms':['RS256','HS256'],'secret_file':'secret'}",
                "{'issuer':'a','audience':'b','algorithms':['none'],'secret_file':'secret'}",
                "{'issuer':'a','audience':'b','algorithms':[],'jwks_file':'jwks'}",
                "{'issuer':'a','audience':'b','algorithms':['RS256']}",
                "{'issuer':'a','audience':'b','algorithms':['RS256'],'jwks_file':'jwks','secret_file':'secret'}",
                "{'issuer':'a','audience':'b','algorithms':['RS256'],'jwks_url':'http://example.org/keys'}",
                "{'issuer':'a','algorithms':['RS256'],'jwks_file':'jwks'}",
                "{'audience':'b','algorithms':['RS256'],'jwks_file':'jwks'}",
                "{'issuer':'a','audience':'b','algorithms':['RS256'],'jwks_file':'jwks','roles':{'x':'owner'}}",
                "{'issuer':'a','audience':'b','algorithms':['RS256'],'jwks_file':'jwks','clock_skew_seconds':86400}",
                "{'issuer':'a','audience':'b','algorithms':['RS256'],'jwks_file':'jwks','skew':1}"
            })
    void settingsThatOpenADoorAreRefused(String issuer) {
        assertThatThrownBy(() -> TokenIssuer.read(settings(issuer)))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @Test
    void aShortSecretIsRefused() throws Exception {
        Files.writeString(folder.resolve("secret"), "short");
        assertThatThrownBy(this::tokens).hasMessageContaining("has 5 bytes");
    }

    private Tokens tokens() throws Exception {
        String lab = "{'issuer':'lab','audience':'voxelflight','algorithms':['RS256','ES256'],'jwks_file':'jwks',"
                + "'role_claim':'groups','roles':{'staff':'writer','ops':'admin'},'default_datasets':['public-*']}";
        String shared = "{'issuer':'shared','audience':'voxelflight','algorithms':['HS256'],'secret_file':'secret',"
                + "'role_claim':'groups','roles':{'staff':'writer'}}";
        return new Tokens(TokenIssuer.read(settings(lab + "," + shared)), clock);
    }

    private Path settings(String issuers) throws Exception {
        Path file = folder.resolve("tokens.json");
        Files.writeString(file, ("{'issuers':[" + issuers + "]}").replace('\'', '"'));
        return file;
    }

    private void publish(JWK... keys) throws Exception {
        Path file = folder.resolve("jwks");
        Files.writeString(file, new JWKSet(List.of(keys)).toString()); // public parts only
        Files.setLastModifiedTime(
                file, FileTime.from(Instant.now().plusSeconds(keys[0].getKeyID().hashCode() % 1000)));
    }

    private static JWTClaimsSet.Builder claims(String issuer) {
        return new JWTClaimsSet.Builder()
                .issuer(issuer)
                .audience("voxelflight")
                .subject("anna")
                .expirationTime(Date.from(START.plusSeconds(600)))
                .claim("groups", List.of("staff"))
                .claim("datasets", List.of("mouse-*"));
    }

    private static String rs256(JWTClaimsSet.Builder claims) throws Exception {
        return signed(JWSAlgorithm.RS256, "r1", new RSASSASigner(rsa), claims);
    }

    private static String signed(
            JWSAlgorithm algorithm, @Nullable String kid, JWSSigner signer, JWTClaimsSet.Builder claims)
            throws Exception {
        return signed(
                new JWSHeader.Builder(algorithm)
                        .type(JOSEObjectType.JWT)
                        .keyID(kid)
                        .build(),
                signer,
                claims);
    }

    private static String signed(JWSHeader header, JWSSigner signer, JWTClaimsSet.Builder claims) throws Exception {
        SignedJWT token = new SignedJWT(header, claims.build());
        token.sign(signer);
        return token.serialize();
    }

    /** Put together by hand: what no library would sign. */
    private static String parts(String header, JWTClaimsSet.Builder claims, String signature) {
        return base64(header) + "." + base64(claims.build().toString()) + "." + signature;
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String json(String text) {
        return com.fasterxml.jackson.databind.node.JsonNodeFactory.instance
                .textNode(text)
                .toString();
    }

    private static HttpServer server(String body, AtomicInteger asked) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static URI uri(HttpServer server) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/keys");
    }

    private static void refused(Tokens tokens, String token, String says) {
        assertThatThrownBy(() -> tokens.admit(token))
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED))
                .hasMessageContaining(says);
    }

    private static final class MovingClock extends Clock {
        volatile Instant now = START;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
