package io.voxelflight.flight.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.voxelflight.flight.http.api.DatasetRoutes;
import io.voxelflight.testkit.AllocatorExtension;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ApiDocumentTest {
    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    @TempDir
    Path folder;

    private HttpFixture http;

    @BeforeEach
    void open() {
        http = new HttpFixture(memory.allocator(), folder);
    }

    @AfterEach
    void close() {
        http.close();
    }

    @Test
    void whatIsServedIsDescribedAndWhatIsDescribedIsServed() throws Exception {
        JsonNode document =
                new ObjectMapper().readTree(http.get("/openapi.json").body());
        assertThat(document.path("openapi").asText()).startsWith("3.1");
        TreeSet<String> described = new TreeSet<>();
        document.path("paths").properties().forEach(path -> path.getValue()
                .fieldNames()
                .forEachRemaining(method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
        assertThat(described).isEqualTo(http.door.paths()).contains("GET /block", "GET /health/live");
    }

    @Test
    void everyReferenceOfTheDocumentLeadsSomewhere() throws Exception {
        JsonNode document =
                new ObjectMapper().readTree(http.get("/openapi.json").body());
        List<JsonNode> references = document.findValues("$ref");
        assertThat(references).hasSizeGreaterThan(10).allSatisfy(reference -> assertThat(
                        document.at(reference.asText().substring(1)).isObject())
                .as(reference.asText())
                .isTrue());
    }

    @Test
    void everyOperationIsBelowAHeading() throws Exception {
        JsonNode document =
                new ObjectMapper().readTree(http.get("/openapi.json").body());
        List<String> headings = document.path("tags").findValuesAsText("name");
        for (JsonNode path : document.path("paths")) {
            for (JsonNode operation : path) {
                assertThat(headings)
                        .as(operation.path("operationId").asText())
                        .contains(operation.path("tags").path(0).asText());
            }
        }
    }

    @Test
    void aPathOfTwoPartsIsAMistake() {
        HttpRoutes datasets = new DatasetRoutes(http.flight.blocks.planner(), HttpFixture.NO_DETAILS);
        assertThatThrownBy(() -> ApiDocument.of(List.of(datasets, datasets), "1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("described twice");
    }

    @Test
    void thePageNeedsNoOtherHost() {
        HttpResponse<byte[]> page = http.get("/docs");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).contains("default-src 'none'", "script-src 'self'"));
        String html = new String(page.body(), StandardCharsets.UTF_8);
        assertThat(html).doesNotContain("http:", "https:", "//");
        for (String file : List.of("swagger-ui.css", "swagger-ui-bundle.js", "docs.js", "favicon.png")) {
            assertThat(html + "docs.js").contains(file);
            assertThat(http.get("/docs/" + file).statusCode()).as(file).isEqualTo(200);
        }
        assertThat(http.get("/docs/swagger-ui.js.map").statusCode()).isEqualTo(404);
    }
}
