package io.voxelflight.flight.access;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a call shows: an API key or a JWT, in whichever header it came.
 *
 * @param secret null: nothing was shown
 * @param login whether it came as a password: such clients want to be handed a bearer token to go on with
 */
public record Credential(@Nullable String secret, boolean login) {
    public static final Credential NONE = new Credential(null, false);

    private static final String BEARER = "bearer ";
    private static final String BASIC = "basic ";

    /**
     * Reads the headers {@code authorization} (Bearer, or Basic with the secret as password) and {@code x-api-key}.
     *
     * @param headers the value of a header by its name in lower case; null if it is not there
     * @throws ServiceException UNAUTHENTICATED if they are malformed or contradict each other
     */
    public static Credential of(Function<String, @Nullable String> headers) {
        String key = headers.apply("x-api-key");
        String authorization = headers.apply("authorization");
        if (authorization == null || authorization.isBlank()) {
            return key == null ? NONE : new Credential(key.strip(), false);
        }
        Credential shown = authorization(authorization.strip());
        if (key != null && !key.strip().equals(shown.secret)) {
            throw refused("x-api-key and authorization carry two different secrets: send one of them");
        }
        return shown;
    }

    private static Credential authorization(String value) {
        String lower = value.toLowerCase(Locale.ROOT);
        if (lower.startsWith(BEARER)) {
            return new Credential(value.substring(BEARER.length()).strip(), false);
        }
        if (!lower.startsWith(BASIC)) {
            throw refused("the authorization header is neither 'Bearer SECRET' nor Basic");
        }
        try {
            String pair = new String(
                    Base64.getDecoder().decode(value.substring(BASIC.length()).strip()), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            if (colon >= 0) {
                return new Credential(pair.substring(colon + 1), true);
            }
        } catch (IllegalArgumentException notBase64) {
            // refused below
        }
        throw refused("the Basic authorization header is no base64 of 'user:password'");
    }

    static ServiceException refused(String why) {
        return new ServiceException(ErrorCode.UNAUTHENTICATED, why);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return secret == null ? "no credential" : "a credential";
    }
}
