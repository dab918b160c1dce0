package io.voxelflight.sql;

import org.apache.arrow.flight.CallHeaders;
import org.apache.arrow.flight.auth2.Auth2Constants;
import org.apache.arrow.flight.auth2.CallHeaderAuthenticator;

/**
 * Takes every caller, with whatever name and password or without. Clients that log in, such as the JDBC driver with a
 * user, get the bearer token that they wait for; it means nothing and is taken by every replica.
 */
final class AnonymousAuth implements CallHeaderAuthenticator {
    private static final String TOKEN = "anonymous";

    @Override
    public AuthResult authenticate(CallHeaders headers) {
        return new AuthResult() {
            @Override
            public String getPeerIdentity() {
                return TOKEN;
            }

            @Override
            public void appendToOutgoingHeaders(CallHeaders outgoing) {
                outgoing.insert(Auth2Constants.AUTHORIZATION_HEADER, Auth2Constants.BEARER_PREFIX + TOKEN);
            }
        };
    }
}
