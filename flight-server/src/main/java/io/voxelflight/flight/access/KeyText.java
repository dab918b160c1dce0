package io.voxelflight.flight.access;

import io.voxelflight.catalog.api.AccessKey;
import io.voxelflight.model.DatasetPatterns;
import io.voxelflight.model.Quota;
import io.voxelflight.model.Role;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An API key as its owner has it: {@code vf_PREFIX_SECRET}. The prefix is public; the secret has 256 random bits, so that
 * one round of a salted hash keeps it as well as many would.
 *
 * @param prefix 12 hexadecimal digits
 * @param secret 43 characters of base64url
 */
public record KeyText(String prefix, String secret) {
    private static final Pattern FORM = Pattern.compile("vf_([0-9a-f]{12})_([A-Za-z0-9_-]{43})");
    private static final int PREFIX_BYTES = 6;
    private static final int SECRET_BYTES = 32;
    private static final int SALT_BYTES = 16;

    /** A new key. */
    public static KeyText random() {
        SecureRandom random = new SecureRandom();
        byte[] prefix = new byte[PREFIX_BYTES];
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(prefix);
        random.nextBytes(secret);
        return new KeyText(
                HexFormat.of().formatHex(prefix),
                Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
    }

    /** Empty for a text that is no key of ours. */
    static Optional<KeyText> parse(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches() ? Optional.of(new KeyText(form.group(1), form.group(2))) : Optional.empty();
    }

    /** What the catalog keeps of it. */
    public AccessKey toKeep(
            String name, Role role, DatasetPatterns datasets, Quota quota, @Nullable Instant expiresAt) {
        byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        return new AccessKey(prefix, name, role, datasets, quota, salt, hash(salt), now, expiresAt, null);
    }

    /** Whether it is the secret of that key; takes the same time whichever byte is wrong. */
    boolean fits(AccessKey key) {
        return MessageDigest.isEqual(hash(key.salt()), key.hash());
    }

    private byte[] hash(byte[] salt) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(salt);
            return digest.digest(secret.getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The whole key: to be shown once, to its owner. */
    public String text() {
        return "vf_" + prefix + "_" + secret;
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "vf_" + prefix + "_...";
    }
}
