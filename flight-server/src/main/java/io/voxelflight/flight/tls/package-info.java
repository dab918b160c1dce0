/**
 * Who the server is, and whose clients it takes, on both ports: certificates and keys from PEM files, looked at again while
 * the server runs. The JDK's types only: each door makes of them what its own library wants.
 *
 * <p>Arrives: {@link io.voxelflight.flight.tls.TlsSettings}. Leaves: a key manager and a trust manager that change with the
 * files. Opened by {@code server}; read by {@code rpc} and {@code http}.
 */
@NullMarked
package io.voxelflight.flight.tls;

import org.jspecify.annotations.NullMarked;
