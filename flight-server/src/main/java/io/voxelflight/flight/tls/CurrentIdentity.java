package io.voxelflight.flight.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The key manager of both ports: shows the identity of the moment. A handshake asks for an alias first and then for what it
 * stands for; one that began before a switch gets what it was promised, from the identity before.
 */
final class CurrentIdentity extends X509ExtendedKeyManager {
    private record Pair(Identity current, Identity before) {}

    private volatile Pair pair;

    CurrentIdentity(Identity first) {
        this.pair = new Pair(first, first);
    }

    void change(Identity next) {
        pair = new Pair(next, pair.current);
    }

    Identity get() {
        return pair.current;
    }

    private @Nullable Identity named(String alias) {
        Pair now = pair;
        return now.current.alias().equals(alias)
                ? now.current
                : now.before.alias().equals(alias) ? now.before : null;
    }

    @Override
    public @Nullable String chooseServerAlias(String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return pair.current.keys().chooseServerAlias(type, issuers, socket);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return pair.current.keys().chooseEngineServerAlias(type, issuers, engine);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        Identity identity = named(alias);
        return identity == null ? null : identity.keys().getCertificateChain(alias);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        Identity identity = named(alias);
        return identity == null ? null : identity.keys().getPrivateKey(alias);
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
        return pair.current.keys().getServerAliases(type, issuers);
    }

    /** None: the server is no client. */
    @Override
    public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
