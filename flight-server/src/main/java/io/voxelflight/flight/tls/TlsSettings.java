package io.voxelflight.flight.tls;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The PEM files by which a server proves who it is.
 *
 * @param certificate the server's own certificate first, then those that lead to its authority
 * @param key its private key, not encrypted: PKCS#8, PKCS#1 or SEC 1
 * @param clientAuthorities certificates of those who may vouch for clients: then a client without such a certificate is
 *     refused; null: clients need none
 */
public record TlsSettings(
        Path certificate, Path key, @Nullable Path clientAuthorities) {}
