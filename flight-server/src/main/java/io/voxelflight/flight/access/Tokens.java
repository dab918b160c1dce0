package io.voxelflight.flight.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableSecret;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.voxelflight.model.DatasetPatterns;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Role;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.net.MalformedURLException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks JSON Web Tokens (RFC 7519) of known issuers. The key and the algorithm are the issuer's in our settings: what a
 * token says of them itself (header fields {@code alg}, {@code jku}, {@code jwk}, {@code x5u}) chooses among those, and
 * adds none. A token that was checked is known for a minute, so that a key which its issuer takes back is good no longer.
 */
public final class Tokens {
    private static final int LONGEST = 16 << 10;
    private static final int REMEMBERED = 4096;
    private static final int FETCH_MILLIS = 5000;
    private static final int LARGEST_KEY_SET = 256 << 10;
    private static final int SECRET_BYTES = 32;

    private static final Duration KNOWN_FOR = Duration.ofSeconds(60);

    private record Checked(Caller caller, Instant at) {}

    private record Issuer(TokenIssuer settings, DefaultJWTProcessor<SecurityContext> processor) {}

    private final Clock clock;
    private final Map<String, Issuer> issuers = new HashMap<>();
    private final Map<String, Checked> checked = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Checked> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** @throws ServiceException INVALID_ARGUMENT for keys that cannot be read */
    public Tokens(List<TokenIssuer> issuers, Clock clock) {
        this.clock = clock;
        for (TokenIssuer issuer : issuers) {
            this.issuers.put(issuer.issuer(), new Issuer(issuer, processor(issuer)));
        }
    }

    /**
     * The caller whom a token names.
     *
     * @throws ServiceException UNAUTHENTICATED saying what is wrong with it; UNAVAILABLE if the issuer's keys cannot be had
     */
    Caller admit(String token) {
        if (token.length() > LONGEST) {
            throw refused("has " + token.length() + " characters, at most " + LONGEST + " are read");
        }
        String fingerprint = fingerprint(token);
        Instant now = clock.instant();
        Checked known;
        synchronized (checked) {
            known = checked.get(fingerprint);
        }
        if (known != null && now.isBefore(known.at.plus(KNOWN_FOR)) && isBefore(now, known.caller.until())) {
            return known.caller;
        }
        Caller caller = check(token);
        synchronized (checked) {
            checked.put(fingerprint, new Checked(caller, now));
        }
        return caller;
    }

    private static boolean isBefore(Instant now, @Nullable Instant end) {
        return end == null || now.isBefore(end);
    }

    private Caller check(String text) {
        SignedJWT token;
        String name;
        try {
            if (!(JWTParser.parse(text) instanceof SignedJWT signed)) {
                throw refused("is not signed");
            }
            token = signed;
            name = token.getJWTClaimsSet().getIssuer();
        } catch (ParseException e) {
            throw new ServiceException(ErrorCode.UNAUTHENTICATED, "the secret is neither an API key nor a JWT", e);
        }
        Issuer issuer = name == null ? null : issuers.get(name);
        if (issuer == null) {
            throw refused("is of an issuer that this server does not know");
        }
        try {
            return caller(issuer.settings, issuer.processor.process(token, null));
        } catch (KeySourceException e) {
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE,
                    "the token cannot be checked, the keys of its issuer cannot be had: try again later",
                    e);
        } catch (BadJWTException e) {
            throw refused("is not valid: " + e.getMessage());
        } catch (BadJOSEException | JOSEException e) {
            throw refused("is not signed by its issuer with an algorithm that is taken");
        }
    }

    private static Caller caller(TokenIssuer issuer, JWTClaimsSet claims) {
        String subject = claims.getSubject();
        if (subject == null || subject.isBlank()) {
            throw refused("names no subject");
        }
        Date expires = claims.getExpirationTime();
        Instant until = expires.toInstant().plus(issuer.clockSkew());
        return new Caller(
                "token:" + fingerprint(issuer.issuer() + "\n" + subject),
                subject,
                role(issuer, claims),
                datasets(issuer, claims),
                issuer.quota(),
                until);
    }

    private static Role role(TokenIssuer issuer, JWTClaimsSet claims) {
        Role highest = null;
        for (String word : words(claims.getClaim(issuer.roleClaim()), " ")) {
            Role role = issuer.roles().isEmpty() ? plain(word) : issuer.roles().get(word);
            if (role != null && (highest == null || role.includes(highest))) {
                highest = role;
            }
        }
        Role role = highest == null ? issuer.usualRole() : highest;
        if (role == null) {
            throw refused("has no role here: its claim '" + issuer.roleClaim() + "' means none");
        }
        return role;
    }

    private static @Nullable Role plain(String word) {
        for (Role role : Role.values()) {
            if (role.toString().equals(word)) {
                return role;
            }
        }
        return null;
    }

    private static DatasetPatterns datasets(TokenIssuer issuer, JWTClaimsSet claims) {
        Object claim = claims.getClaim(issuer.datasetsClaim());
        if (claim == null) {
            return issuer.usualDatasets();
        }
        try {
            return new DatasetPatterns(words(claim, ","));
        } catch (ServiceException e) {
            throw refused("has a claim '" + issuer.datasetsClaim() + "' that names no datasets: " + e.line());
        }
    }

    private static List<String> words(@Nullable Object claim, String separator) {
        List<String> words = new ArrayList<>();
        if (claim instanceof String text) {
            for (String word : text.split(separator, -1)) {
                words.add(word.strip());
            }
        } else if (claim instanceof List<?> list) {
            list.forEach(word -> words.add(String.valueOf(word)));
        }
        return words;
    }

    private DefaultJWTProcessor<SecurityContext> processor(TokenIssuer issuer) {
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(issuer.algorithms(), source(issuer.keys())));
        DefaultJWTClaimsVerifier<SecurityContext> claims =
                new DefaultJWTClaimsVerifier<>(
                        Set.of(issuer.audience()),
                        new JWTClaimsSet.Builder().issuer(issuer.issuer()).build(),
                        Set.of("exp", "sub"),
                        Set.of()) {
                    @Override
                    protected Date currentTime() {
                        return Date.from(clock.instant());
                    }
                };
        claims.setMaxClockSkew((int) issuer.clockSkew().toSeconds());
        processor.setJWTClaimsSetVerifier(claims);
        return processor;
    }

    private static JWKSource<SecurityContext> source(TokenIssuer.Keys keys) {
        if (keys instanceof TokenIssuer.SharedSecret shared) {
            return new ImmutableSecret<>(secret(shared.file()));
        }
        if (keys instanceof TokenIssuer.KeySetFile file) {
            KeySetOfFile set = new KeySetOfFile(file.file());
            set.current(); // a file that cannot be read is found at start
            return (selector, context) -> selector.select(set.current());
        }
        try {
            return JWKSourceBuilder.create(
                            ((TokenIssuer.KeySetAt) keys).url().toURL(),
                            new DefaultResourceRetriever(FETCH_MILLIS, FETCH_MILLIS, LARGEST_KEY_SET))
                    .retrying(true)
                    .outageTolerant(true)
                    .build();
        } catch (MalformedURLException e) {
            throw new ServiceException(ErrorCode.INVALID_ARGUMENT, "jwks_url is no URL: " + e.getMessage(), e);
        }
    }

    private static byte[] secret(Path file) {
        try {
            byte[] secret = Files.readAllBytes(file);
            if (secret.length < SECRET_BYTES) {
                throw new ServiceException(
                        ErrorCode.INVALID_ARGUMENT,
                        "secret " + file + " has " + secret.length + " bytes: HS256 needs at least " + SECRET_BYTES);
            }
            return secret;
        } catch (IOException e) {
            throw new ServiceException(ErrorCode.INVALID_ARGUMENT, "secret " + file + " cannot be read: " + e, e);
        }
    }

    /** The key set of a file, read again when the file has changed. */
    private static final class KeySetOfFile {
        private final Path file;
        private @Nullable FileTime time;
        private JWKSet set = new JWKSet();

        KeySetOfFile(Path file) {
            this.file = file;
        }

        synchronized JWKSet current() {
            try {
                FileTime now = Files.getLastModifiedTime(file);
                if (!now.equals(time)) {
                    set = JWKSet.load(file.toFile());
                    time = now;
                }
                return set;
            } catch (IOException | ParseException e) {
                if (time != null) {
                    return set; // it is being written: what it held goes on
                }
                throw new ServiceException(
                        ErrorCode.INVALID_ARGUMENT, "key set " + file + " cannot be read: " + e.getMessage(), e);
            }
        }
    }

    private static String fingerprint(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static ServiceException refused(String why) {
        return Credential.refused("the token " + why);
    }
}
