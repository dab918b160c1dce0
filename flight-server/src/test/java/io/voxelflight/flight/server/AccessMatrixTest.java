package io.voxelflight.flight.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.voxelflight.flight.access.KeyText;
import io.voxelflight.flight.config.Home;
import io.voxelflight.flight.server.cli.Commands;
import io.voxelflight.model.DatasetPatterns;
import io.voxelflight.model.Quota;
import io.voxelflight.model.Role;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.CallOption;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightCallHeaders;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.HeaderCallOption;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.FlightSqlClient;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every door, every credential, every action: only what the table in docs/security.md allows. Two datasets lie in the
 * home, {@code seen} and {@code hidden}; callers have a grant of the first, of all, or of neither.
 */
@Timeout(300)
class AccessMatrixTest {
    private static final String ISSUER = "https://login.example.org/";

    /** What came of a call. */
    private enum Outcome {
        DONE,
        UNAUTHENTICATED,
        FORBIDDEN,
        NOT_FOUND
    }

    /** What a call needs. */
    private enum Needs {
        NOTHING,
        A_CALLER,
        THE_DATASET,
        AN_ADMIN
    }

    /** @param role null: nobody who is let in */
    private record Who(
            Map<String, String> headers, @Nullable Role role, Set<String> sees) {}

    private interface Call {
        Outcome make(Map<String, String> headers, String dataset) throws Exception;
    }

    private record Act(String name, Needs needs, Call call) {}

    @TempDir
    private static Path folder;

    private static BufferAllocator memory;
    private static Server server;
    private static FlightClient flight;
    private static final Map<String, Who> CALLERS = new LinkedHashMap<>();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @BeforeAll
    static void open() throws Exception {
        Home home = new Home(folder.resolve("home"));
        Path volume = folder.resolve("v.npy");
        Files.write(volume, npy());
        for (String name : List.of("seen", "hidden")) {
            StringWriter err = new StringWriter();
            int code = Commands.run(
                    new PrintWriter(new StringWriter()),
                    new PrintWriter(err),
                    "ingest",
                    volume.toString(),
                    "--name",
                    name,
                    "--home",
                    home.root().toString());
            assertThat(code).as(err.toString()).isZero();
        }
        RSAKey issuerKey = new RSAKeyGenerator(2048).keyID("k").generate();
        Files.writeString(folder.resolve("jwks"), new JWKSet(issuerKey.toPublicJWK()).toString());
        Path tokens = folder.resolve("tokens.json");
        Files.writeString(
                tokens,
                ("{'issuers':[{'issuer':'" + ISSUER + "','audience':'voxelflight','algorithms':['RS256'],"
                                + "'jwks_file':'jwks'}]}")
                        .replace('\'', '"'));
        try (Installation installation = Installation.open(home, Map.of(), false)) {
            callers(installation, issuerKey);
        }
        memory = new RootAllocator();
        server = Server.start(home, Map.of(), settings(tokens));
        flight = FlightClient.builder(memory, new Location(server.flightUri())).build();
    }

    @AfterAll
    static void close() throws Exception {
        flight.close();
        server.close();
        memory.close();
    }

    private static ServerSettings settings(Path tokens) {
        return SmallServer.settings(
                new ServerSettings.AccessSettings(true, tokens, null), ServerSettings.CallSettings.DEFAULT);
    }

    private static void callers(Installation installation, RSAKey issuerKey) throws Exception {
        Set<String> both = Set.of("seen", "hidden");
        for (Role role : Role.values()) {
            add("key, " + role, bearer(key(installation, role + "-all", role, "*", null)), role, both);
            add(
                    "key, " + role + ", one dataset",
                    bearer(key(installation, role + "-one", role, "se*n", null)),
                    role,
                    Set.of("seen"));
            add(
                    "key, " + role + ", no dataset",
                    bearer(key(installation, role + "-none", role, "other", null)),
                    role,
                    Set.of());
            add(
                    "token, " + role,
                    bearer(token(issuerKey, role, "seen", new JWTClaimsSet.Builder())),
                    role,
                    Set.of("seen"));
        }
        String inOtherHeaders = key(installation, "headers", Role.READER, "seen", null);
        add("key in x-api-key", Map.of("x-api-key", inOtherHeaders), Role.READER, Set.of("seen"));
        add("key as password", basic(inOtherHeaders), Role.READER, Set.of("seen"));

        stranger("nothing", Map.of());
        stranger("an empty bearer", Map.of("authorization", "Bearer "));
        stranger("no key at all", bearer("letmein"));
        stranger("an unknown key", bearer(KeyText.random().text()));
        stranger(
                "a wrong secret",
                bearer(inOtherHeaders.substring(0, 16) + KeyText.random().secret()));
        stranger("a key as user name", Map.of("authorization", "Basic " + base64(inOtherHeaders + ":")));
        stranger("two different keys", Map.of("authorization", "Bearer " + inOtherHeaders, "x-api-key", "x"));
        stranger(
                "an expired key",
                bearer(key(installation, "old", Role.ADMIN, "*", Instant.now().minusSeconds(1))));
        String revoked = key(installation, "revoked", Role.ADMIN, "*", null);
        installation.accessKeys().revoke("revoked", "test");
        stranger("a revoked key", bearer(revoked));
        JWTClaimsSet.Builder none = new JWTClaimsSet.Builder();
        stranger(
                "token: alg none",
                bearer(base64("{\"alg\":\"none\"}") + "."
                        + token(issuerKey, Role.ADMIN, "*", none).split("\\.", -1)[1] + "."));
        stranger(
                "token: no signature",
                bearer(token(issuerKey, Role.ADMIN, "*", none).replaceAll("[^.]*$", "")));
        stranger(
                "token: another issuer",
                bearer(token(
                        issuerKey, Role.ADMIN, "*", new JWTClaimsSet.Builder().issuer("https://evil.example.org/"))));
        stranger(
                "token: another audience",
                bearer(token(issuerKey, Role.ADMIN, "*", new JWTClaimsSet.Builder().audience("shop"))));
        stranger(
                "token: expired",
                bearer(token(
                        issuerKey,
                        Role.ADMIN,
                        "*",
                        new JWTClaimsSet.Builder()
                                .expirationTime(Date.from(Instant.now().minusSeconds(60))))));
        stranger(
                "token: of the future",
                bearer(token(
                        issuerKey,
                        Role.ADMIN,
                        "*",
                        new JWTClaimsSet.Builder()
                                .notBeforeTime(Date.from(Instant.now().plusSeconds(90))))));
        stranger("token: without a role", bearer(token(issuerKey, null, "*", none)));
        stranger(
                "token: another key",
                bearer(token(new RSAKeyGenerator(2048).keyID("k").generate(), Role.ADMIN, "*", none)));
        SignedJWT confused = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("k").build(), claims(Role.ADMIN, "*", none));
        confused.sign(new MACSigner(issuerKey.toRSAPublicKey().getEncoded()));
        stranger("token: the public key as secret", bearer(confused.serialize()));
        for (String kid : List.of("../../../../dev/null", "k' OR '1'='1", "file:///dev/null")) {
            SignedJWT injected = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(kid).build(), claims(Role.ADMIN, "*", none));
            injected.sign(new MACSigner(new byte[32]));
            stranger("token: kid " + kid, bearer(injected.serialize()));
        }
    }

    private static List<Act> acts() {
        List<Act> acts = new ArrayList<>();
        acts.add(new Act("http /health/live", Needs.NOTHING, get("/health/live")));
        acts.add(new Act("http /health/ready", Needs.NOTHING, get("/health/ready")));
        acts.add(new Act("http /openapi.json", Needs.NOTHING, get("/openapi.json")));
        acts.add(new Act("http /metrics", Needs.AN_ADMIN, get("/metrics")));
        acts.add(new Act("http /datasets", Needs.A_CALLER, get("/datasets")));
        acts.add(new Act("http /metadata", Needs.THE_DATASET, get("/metadata?dataset_id=%s")));
        acts.add(new Act("http /block", Needs.THE_DATASET, get("/block?dataset_id=%s&x=0&y=0&z=0&size=16")));
        acts.add(new Act("http /stats", Needs.THE_DATASET, get("/stats?dataset_id=%s")));
        acts.add(new Act("http /bbox", Needs.THE_DATASET, get("/bbox?dataset_id=%s&threshold=0")));
        acts.add(new Act("http /blocks", Needs.THE_DATASET, post("/blocks", "{'dataset':'%s','block':[16,16,16]}")));
        acts.add(new Act("http /sql", Needs.A_CALLER, post("/sql", "{'sql':'SELECT count(*) FROM chunks'}")));
        acts.add(new Act(
                "http /sql, blocks", Needs.THE_DATASET, post("/sql", "{'sql':'SELECT z FROM blocks(\\'%s\\')'}")));
        acts.add(new Act("zarr", Needs.THE_DATASET, get("/zarr/%s/zarr.json")));
        acts.add(new Act("zarr2", Needs.THE_DATASET, get("/zarr2/%s/.zattrs")));
        acts.add(new Act("zarr chunk", Needs.THE_DATASET, get("/zarr/%s/0/c/0/0/0")));
        acts.add(new Act(
                "zarr, nothing there",
                Needs.A_CALLER,
                (headers, dataset) -> notFoundIsDone(get("/zarr/%s/9/c/0/0/0").make(headers, "no-such-" + dataset))));
        acts.add(new Act("flight list", Needs.A_CALLER, (headers, dataset) -> {
            flight.listFlights(Criteria.ALL, options(headers)).forEach(info -> {});
            return Outcome.DONE;
        }));
        acts.add(new Act("flight info", Needs.THE_DATASET, (headers, dataset) -> {
            flight.getInfo(FlightDescriptor.path(dataset), options(headers));
            return Outcome.DONE;
        }));
        acts.add(new Act("flight schema", Needs.THE_DATASET, (headers, dataset) -> {
            flight.getSchema(FlightDescriptor.path(dataset), options(headers));
            return Outcome.DONE;
        }));
        acts.add(new Act("flight blocks", Needs.THE_DATASET, (headers, dataset) -> {
            take(
                    headers,
                    flight.getInfo(FlightDescriptor.path(dataset), options(headers))
                            .getEndpoints()
                            .get(0)
                            .getTicket());
            return Outcome.DONE;
        }));
        acts.add(new Act("flight, another's ticket", Needs.NOTHING, (headers, dataset) -> {
            Ticket ticket = flight.getInfo(FlightDescriptor.path(dataset), options(headersOf("key as password")))
                    .getEndpoints()
                    .get(0)
                    .getTicket();
            if (headers.equals(headersOf("key in x-api-key")) || headers.equals(headersOf("key as password"))) {
                return Outcome.DONE; // these two are one caller
            }
            try {
                take(headers, ticket);
                return Outcome.FORBIDDEN; // nobody may
            } catch (FlightRuntimeException refused) {
                return outcome(refused) == Outcome.UNAUTHENTICATED ? Outcome.DONE : outcome(refused);
            }
        }));
        acts.add(new Act("flight status", Needs.AN_ADMIN, action("status", "")));
        acts.add(new Act("flight stats", Needs.THE_DATASET, action("stats", "{'dataset':'%s'}")));
        acts.add(new Act("flight bbox", Needs.THE_DATASET, action("bbox", "{'dataset':'%s'}")));
        acts.add(new Act("flight actions", Needs.A_CALLER, (headers, dataset) -> {
            flight.listActions(options(headers)).forEach(type -> {});
            return Outcome.DONE;
        }));
        acts.add(new Act("sql", Needs.A_CALLER, (headers, dataset) -> {
            sql(headers, "SELECT count(*) FROM chunks");
            return Outcome.DONE;
        }));
        acts.add(new Act("sql tables", Needs.A_CALLER, (headers, dataset) -> {
            new FlightSqlClient(flight).getTables(null, null, null, null, false, options(headers));
            return Outcome.DONE;
        }));
        acts.add(new Act("sql blocks", Needs.THE_DATASET, (headers, dataset) -> {
            sql(headers, "SELECT z FROM blocks('" + dataset + "')");
            return Outcome.DONE;
        }));
        return acts;
    }

    @Test
    void onlyWhatTheTableAllows() throws Exception {
        List<String> wrong = new ArrayList<>();
        int cells = 0;
        for (Act act : acts()) {
            for (Map.Entry<String, Who> caller : CALLERS.entrySet()) {
                for (String dataset : act.needs == Needs.THE_DATASET ? List.of("seen", "hidden") : List.of("seen")) {
                    Outcome wanted = wanted(act.needs, caller.getValue(), dataset);
                    Outcome got = outcome(act, caller.getValue(), dataset);
                    cells++;
                    if (got != wanted) {
                        wrong.add(act.name + " of '" + dataset + "' by " + caller.getKey() + ": " + got + ", not "
                                + wanted);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(cells).isGreaterThan(1000);
    }

    /** What is hidden is in no list and no count, and its name gives the words that an unknown one gives. */
    @Test
    void whatIsHiddenDoesNotExist() throws Exception {
        for (Map.Entry<String, Who> caller : CALLERS.entrySet()) {
            Who who = caller.getValue();
            if (who.role == null) {
                continue;
            }
            Set<String> listed = new HashSet<>();
            flight.listFlights(Criteria.ALL, options(who.headers))
                    .forEach(info -> listed.add(info.getDescriptor().getPath().get(0)));
            assertThat(listed).as(caller.getKey()).isEqualTo(who.sees);
            String datasets = body(who, "/datasets");
            for (String name : List.of("seen", "hidden")) {
                assertThat(datasets.contains('"' + name + '"'))
                        .as(caller.getKey())
                        .isEqualTo(who.sees.contains(name));
            }
            assertThat(sql(who.headers, "SELECT name FROM datasets"))
                    .as(caller.getKey())
                    .isEqualTo(who.sees.size());
            for (String path : List.of(
                    "/metadata?dataset_id=%s",
                    "/block?dataset_id=%s&x=0&y=0&z=0", "/stats?dataset_id=%s", "/zarr/%s/zarr.json")) {
                if (!who.sees.contains("hidden")) {
                    assertThat(told(body(who, path.formatted("hidden")), "hidden"))
                            .as(caller.getKey())
                            .isEqualTo(told(body(who, path.formatted("nobody")), "nobody"));
                }
            }
        }
    }

    private static String told(String problem, String name) {
        return problem.replace(name, "NAME").replaceAll("\"request_id\":\"[0-9a-f]*\"", "");
    }

    private static Outcome wanted(Needs needs, Who who, String dataset) {
        if (needs == Needs.NOTHING) {
            return Outcome.DONE;
        }
        if (who.role == null) {
            return Outcome.UNAUTHENTICATED;
        }
        return switch (needs) {
            case AN_ADMIN -> who.role == Role.ADMIN ? Outcome.DONE : Outcome.FORBIDDEN;
            case THE_DATASET -> who.sees.contains(dataset) ? Outcome.DONE : Outcome.NOT_FOUND;
            default -> Outcome.DONE;
        };
    }

    private static Outcome outcome(Act act, Who who, String dataset) throws Exception {
        try {
            return act.call.make(who.headers, dataset);
        } catch (FlightRuntimeException e) {
            return outcome(e);
        }
    }

    private static Outcome outcome(FlightRuntimeException e) {
        return switch (e.status().code()) {
            case UNAUTHENTICATED -> Outcome.UNAUTHENTICATED;
            case UNAUTHORIZED -> Outcome.FORBIDDEN;
            case NOT_FOUND -> Outcome.NOT_FOUND;
            default -> throw e;
        };
    }

    private static Outcome notFoundIsDone(Outcome outcome) {
        return outcome == Outcome.NOT_FOUND ? Outcome.DONE : outcome;
    }

    private static Call get(String path) {
        return (headers, dataset) ->
                status(request(headers, path.formatted(dataset)).GET());
    }

    private static Call post(String path, String body) {
        return (headers, dataset) -> status(request(headers, path)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.formatted(dataset)
                        .replace("\\'", "\u0001")
                        .replace('\'', '"')
                        .replace('\u0001', '\''))));
    }

    private static Outcome status(HttpRequest.Builder request) throws Exception {
        HttpResponse<byte[]> answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        return switch (answer.statusCode()) {
            case 200 -> Outcome.DONE;
            case 401 -> Outcome.UNAUTHENTICATED;
            case 403 -> Outcome.FORBIDDEN;
            case 404 -> Outcome.NOT_FOUND;
            default ->
                throw new AssertionError(answer.request() + " " + answer.statusCode() + " "
                        + new String(answer.body(), StandardCharsets.UTF_8));
        };
    }

    private static String body(Who who, String path) throws Exception {
        return HTTP.send(request(who.headers, path).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static HttpRequest.Builder request(Map<String, String> headers, String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.httpUri() + path));
        headers.forEach(request::header);
        return request;
    }

    private static Call action(String type, String body) {
        return (headers, dataset) -> {
            byte[] bytes = body.formatted(dataset).replace('\'', '"').getBytes(StandardCharsets.UTF_8);
            flight.doAction(new Action(type, bytes), options(headers)).forEachRemaining(result -> {});
            return Outcome.DONE;
        };
    }

    private static long sql(Map<String, String> headers, String statement) throws Exception {
        FlightSqlClient client = new FlightSqlClient(flight);
        return take(
                headers,
                client.execute(statement, options(headers))
                        .getEndpoints()
                        .get(0)
                        .getTicket());
    }

    private static long take(Map<String, String> headers, Ticket ticket) throws Exception {
        long rows = 0;
        try (FlightStream stream = flight.getStream(ticket, options(headers))) {
            while (stream.next()) {
                rows += stream.getRoot().getRowCount();
            }
        }
        return rows;
    }

    private static CallOption options(Map<String, String> headers) {
        CallHeaders all = new FlightCallHeaders();
        headers.forEach(all::insert);
        return new HeaderCallOption(all);
    }

    private static void add(String name, Map<String, String> headers, Role role, Set<String> sees) {
        CALLERS.put(name, new Who(headers, role, sees));
    }

    private static void stranger(String name, Map<String, String> headers) {
        CALLERS.put(name, new Who(headers, null, Set.of()));
    }

    private static String key(
            Installation installation, String name, Role role, String datasets, @Nullable Instant expires) {
        KeyText text = KeyText.random();
        installation
                .accessKeys()
                .create(text.toKeep(name, role, DatasetPatterns.parse(datasets), Quota.NONE, expires), "test");
        return text.text();
    }

    private static String token(RSAKey key, @Nullable Role role, String datasets, JWTClaimsSet.Builder special)
            throws Exception {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k").build(), claims(role, datasets, special));
        token.sign(new RSASSASigner(key));
        return token.serialize();
    }

    /** @param special claims that are not as they should be */
    private static JWTClaimsSet claims(@Nullable Role role, String datasets, JWTClaimsSet.Builder special) {
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience("voxelflight")
                .subject("anna")
                .expirationTime(Date.from(Instant.now().plusSeconds(600)))
                .claim("role", role == null ? null : role.toString())
                .claim("datasets", datasets);
        special.build().getClaims().forEach(claims::claim);
        return claims.build();
    }

    private static Map<String, String> headersOf(String caller) {
        return Objects.requireNonNull(CALLERS.get(caller), caller).headers();
    }

    private static Map<String, String> bearer(String secret) {
        return Map.of("authorization", "Bearer " + secret);
    }

    private static Map<String, String> basic(String secret) {
        return Map.of(
                "authorization",
                "Basic " + Base64.getEncoder().encodeToString(("anybody:" + secret).getBytes(StandardCharsets.UTF_8)));
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A ramp of 20 x 30 x 40 bytes. */
    private static byte[] npy() {
        String header = "{'descr': '|u1', 'fortran_order': False, 'shape': (20, 30, 40), }";
        header = header + " ".repeat(117 - header.length()) + "\n";
        byte[] bytes = new byte[128 + 20 * 30 * 40];
        byte[] magic = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) header.length(), 0};
        System.arraycopy(magic, 0, bytes, 0, magic.length);
        byte[] text = header.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, bytes, magic.length, text.length);
        for (int i = 0; i < 20 * 30 * 40; i++) {
            bytes[128 + i] = (byte) (i % 251);
        }
        return bytes;
    }
}
