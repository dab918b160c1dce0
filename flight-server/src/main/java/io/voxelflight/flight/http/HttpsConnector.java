package io.voxelflight.flight.http;

import io.voxelflight.flight.tls.ServerTls;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.DetectorConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** The HTTP port with TLS. Who speaks plain HTTP to it is told so, before anything of the request is looked at. */
final class HttpsConnector {
    private static final String PLAIN = """
            HTTP/1.1 400 Bad Request\r
            Content-Type: application/problem+json\r
            Connection: close\r
            \r
            {"type":"urn:voxelflight:error:INVALID_ARGUMENT","title":"Bad Request","status":400,\
            "detail":"this port speaks TLS: use https://","code":"INVALID_ARGUMENT"}
            """;

    private HttpsConnector() {}

    static ServerConnector of(Server server, HttpConfiguration plain, String host, int port, ServerTls tls) {
        HttpConfiguration http = new HttpConfiguration(plain);
        // without its check of names: a server is also asked by its address, and which names it has is the client's to
        // check
        http.addCustomizer(new SecureRequestCustomizer(false));
        SslContextFactory.Server factory = new SslContextFactory.Server();
        factory.setSslContext(tls.context());
        factory.setIncludeProtocols(ServerTls.PROTOCOLS.toArray(String[]::new));
        factory.setNeedClientAuth(tls.clients().isPresent());
        factory.setSslSessionTimeout(Math.toIntExact(ServerTls.SESSION.toSeconds()));
        HttpConnectionFactory protocol = new HttpConnectionFactory(http);
        SslConnectionFactory ssl = new SslConnectionFactory(factory, protocol.getProtocol());
        ServerConnector connector = new ServerConnector(server, new TlsOrRefused(ssl), ssl, protocol);
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(http.getIdleTimeout());
        return connector;
    }

    private static final class TlsOrRefused extends DetectorConnectionFactory {
        private TlsOrRefused(SslConnectionFactory ssl) {
            super(ssl);
        }

        @Override
        protected void nextProtocol(Connector connector, EndPoint end, ByteBuffer seen) {
            end.write(Callback.from(end::close), ByteBuffer.wrap(PLAIN.getBytes(StandardCharsets.US_ASCII)));
        }
    }
}
