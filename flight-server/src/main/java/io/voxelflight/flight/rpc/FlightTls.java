package io.voxelflight.flight.rpc;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.voxelflight.flight.tls.ServerTls;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import javax.net.ssl.SSLException;

/** TLS as gRPC's Netty wants it: by OpenSSL where it is there, which takes a fraction of the JDK's CPU, else by the JDK. */
final class FlightTls {
    private FlightTls() {}

    static SslContext context(ServerTls tls) {
        SslContextBuilder builder = GrpcSslContexts.configure(SslContextBuilder.forServer(tls.keys()))
                .protocols(ServerTls.PROTOCOLS)
                .sessionTimeout(ServerTls.SESSION.toSeconds());
        tls.clients().ifPresent(clients -> builder.trustManager(clients).clientAuth(ClientAuth.REQUIRE));
        try {
            return builder.build();
        } catch (SSLException e) {
            throw new ServiceException(ErrorCode.INTERNAL, "the Flight port cannot speak TLS: " + e.getMessage(), e);
        }
    }
}
