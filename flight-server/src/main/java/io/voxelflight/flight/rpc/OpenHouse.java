package io.voxelflight.flight.rpc;

import java.security.SecureRandom;
import java.util.Base64;
import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.auth2.Auth2Constants;
import org.apache.arrow.flight.auth2.AuthUtilities;
import org.apache.arrow.flight.auth2.CallHeaderAuthenticator;

/**
 * Lets everybody in, and says so in the way clients expect: the JDBC driver and others log in with a name and password
 * first, and go on with the bearer token that they are given.
 */
final class OpenHouse implements CallHeaderAuthenticator {
    private static final int TOKEN_BYTES = 24;

    private final String token;

    OpenHouse() {
        byte[] random = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(random);
        token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    @Override
    public AuthResult authenticate(CallHeaders incoming) {
        boolean login = AuthUtilities.getValueFromAuthHeader(incoming, Auth2Constants.BASIC_PREFIX) != null;
        return new AuthResult() {
            @Override
            public String getPeerIdentity() {
                return "anyone";
            }

            @Override
            public void appendToOutgoingHeaders(CallHeaders outgoing) {
                if (login) {
                    outgoing.insert(Auth2Constants.AUTHORIZATION_HEADER, Auth2Constants.BEARER_PREFIX + token);
                }
            }
        };
    }
}
