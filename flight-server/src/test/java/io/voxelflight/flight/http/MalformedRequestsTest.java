package io.voxelflight.flight.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.voxelflight.flight.access.Doorkeeper;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.testkit.AllocatorExtension;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are none, or two in one: refused with a problem document, and the connection is closed. */
@Timeout(60)
class MalformedRequestsTest {
    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    @TempDir
    Path folder;

    private HttpFixture http;

    @BeforeEach
    void open() {
        Doorkeeper closed = credential -> {
            throw new ServiceException(ErrorCode.UNAUTHENTICATED, "no key");
        };
        http = new HttpFixture(memory.allocator(), folder, opener -> opener, closed, HttpLimits.DEFAULT);
    }

    @AfterEach
    void close() {
        http.close();
    }

    private String answer(String request) throws IOException {
        try (RawHttp client = new RawHttp(http).send(request)) {
            return client.rest();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                "Content-Length: 5\r\nContent-Length: 6\r\n",
                "Content-Length: 5, 6\r\n",
                "Content-Length: +5\r\n",
                "Content-Length: 5 5\r\n",
                "Content-Length: -1\r\n",
                "Content-Length: 0x5\r\n",
                "Content-Length: 99999999999999999999999\r\n",
                "Content-Length : 5\r\n",
                "Transfer-Encoding: xchunked\r\n",
                "Transfer-Encoding: chunked, identity\r\n",
                "Transfer-Encoding : chunked\r\n",
                "X: a\r\n\tTransfer-Encoding: chunked\r\n",
                "X\0Y: 1\r\n",
                "X: a\0b\r\n",
                "Host: other\r\n",
                "no colon\r\n"
            })
    void requestsThatTwoServersReadDifferentlyAreRefused(String headers) throws IOException {
        String answer = answer("POST /health/live HTTP/1.1\r\nHost: h\r\n" + headers
                + "\r\n0\r\n\r\nGET /health/live HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        assertThat(answer).matches("(?s)HTTP/1.1 (400|501) .*").contains("application/problem+json");
        assertThat(answer.split("HTTP/1.1 ", -1)).as("answers").hasSize(2);
    }

    @Test
    void requestLinesThatAreNoneAreRefused() throws IOException {
        assertThat(answer("GET /health/live HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400");
        assertThat(answer("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\r\n\r\n")).startsWith("HTTP/1.1 400");
        assertThat(answer("GET  HTTP/9.9\r\n\r\n")).startsWith("HTTP/1.1 ").doesNotStartWith("HTTP/1.1 200");
        String answer = answer("GET /health/%zz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 400").contains("application/problem+json");
    }

    @Test
    void floodsOfHeadersAndEndlessPathsAreCutOff() throws IOException {
        String flood = "GET /health/live HTTP/1.1\r\nHost: h\r\n" + "X-A: 0123456789\r\n".repeat(5000) + "\r\n";
        assertThat(answer(flood)).startsWith("HTTP/1.1 431").contains("application/problem+json");
        assertThat(answer("GET /health/live HTTP/1.1\r\nHost: h\r\nX: " + "a".repeat(100_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431");
        assertThat(answer("GET /" + "a".repeat(100_000) + " HTTP/1.1\r\nHost: h\r\n\r\n"))
                .startsWith("HTTP/1.1 414")
                .contains("application/problem+json");
        assertThat(http.get("/health/live").statusCode()).isEqualTo(200);
    }

    /** Paths before /docs and /health are open to all: no way of writing a path makes another one open. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/metrics",
                "/docs/../metrics",
                "/docs/%2e%2e/metrics",
                "/docs/..%2fmetrics",
                "/docs/..;/metrics",
                "/docs;/../metrics",
                "/docs//../metrics",
                "/docs/%252e%252e/metrics",
                "/docs/..\\metrics",
                "//metrics",
                "/./metrics",
                "/health/../metrics",
                "/health/live/../../metrics",
                "/docs/../../../../etc/passwd",
                "/docs/%00",
                "/docs/file:/etc/passwd",
                "/docs/%2fetc%2fpasswd",
                "/docs/docs.html",
                "/docs/..%5c..%5cdocs.html",
                "http://h/metrics",
                "http://h/docs/../metrics"
            })
    void noPathLeadsPastTheAccessControlOrToAFile(String path) throws IOException {
        String answer = answer("GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        assertThat(answer)
                .matches("(?s)HTTP/1.1 (400|401|404) .*")
                .contains("application/problem+json")
                .doesNotContain("jvm_memory", "root:", "<html");
    }
}
