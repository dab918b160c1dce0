package io.voxelflight.flight.access;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lets in who has an API key of the catalog, or a JWT of an issuer that the settings name. */
public final class KeysAndTokens implements Doorkeeper {
    private final KeyRing keys;
    private final @Nullable Tokens tokens;

    /** @param tokens null: no JWT is taken */
    public KeysAndTokens(KeyRing keys, @Nullable Tokens tokens) {
        this.keys = keys;
        this.tokens = tokens;
    }

    @Override
    public Caller admit(Credential credential) {
        String secret = credential.secret();
        if (secret == null || secret.isEmpty()) {
            throw Credential.refused(
                    "this server wants an API key or a token: send it as 'authorization: Bearer SECRET',"
                            + " as 'x-api-key', or as the password of a login");
        }
        Optional<KeyText> key = KeyText.parse(secret);
        if (key.isPresent()) {
            return keys.admit(key.get());
        }
        if (tokens == null) {
            throw Credential.refused("the secret is no API key of this server");
        }
        return tokens.admit(secret);
    }
}
