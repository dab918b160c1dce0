package io.voxelflight.flight.http.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.flight.access.Caller;
import io.voxelflight.flight.http.HttpFixture;
import io.voxelflight.flight.http.HttpLimits;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.DatasetPatterns;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Quota;
import io.voxelflight.model.Role;
import io.voxelflight.testkit.AllocatorExtension;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DatasetRoutesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    @TempDir
    Path folder;

    private HttpFixture http;
    private Dataset five;

    @BeforeEach
    void open() {
        Caller caller = new Caller("k", "key", Role.READER, DatasetPatterns.parse("set-*,other"), Quota.NONE, null);
        http = new HttpFixture(memory.allocator(), folder, opener -> opener, credential -> caller, HttpLimits.DEFAULT);
        for (int i = 0; i < 7; i++) {
            add("set-" + i, i % 2 == 0 ? ElementType.UINT8 : ElementType.FLOAT32);
        }
        five = add("set-5", ElementType.FLOAT32);
        add("other", ElementType.UINT8);
        add("secret", ElementType.UINT8);
    }

    private Dataset add(String name, ElementType type) {
        return http.volumes.add(name, type, "zyx", Extent.zyx(4, 5, 6), new BlockShape(4, 4, 4));
    }

    @AfterEach
    void close() {
        http.close();
    }

    private JsonNode get(String path) throws IOException {
        HttpResponse<byte[]> answer = http.get(path);
        JsonNode json = JSON.readTree(answer.body());
        assertThat(answer.statusCode()).as(json.toString()).isEqualTo(200);
        return json;
    }

    private List<String> names(String path) throws IOException {
        List<String> names = new ArrayList<>();
        get(path)
                .path("datasets")
                .forEach(dataset -> names.add(dataset.path("name").asText()));
        return names;
    }

    private String refusal(String path, int status) throws IOException {
        HttpResponse<byte[]> answer = http.get(path);
        assertThat(answer.statusCode()).isEqualTo(status);
        return JSON.readTree(answer.body()).path("detail").asText();
    }

    @Test
    void theListHasWhatTheCallerSeesAndAsksFor() throws IOException {
        assertThat(names("/datasets"))
                .containsExactly("other", "set-0", "set-1", "set-2", "set-3", "set-4", "set-5", "set-6");
        assertThat(names("/datasets?name=set-*&dtype=float32&sort=-name")).containsExactly("set-5", "set-3", "set-1");
        assertThat(names("/datasets?modality=SEM")).isEmpty();
        assertThat(names("/datasets?kind=image&tag=test&name=*e*r*")).containsExactly("other");
        assertThat(names("/datasets?name=secret")).isEmpty();
    }

    @Test
    void pagesPutTogetherAreTheListWhateverIsAddedAndRemovedMeanwhile() throws IOException {
        for (String sort : List.of("name", "-name", "created_at", "-created_at")) {
            List<String> all = names("/datasets?sort=" + sort);
            List<String> seen = new ArrayList<>();
            String cursor = "";
            do {
                JsonNode page = get("/datasets?limit=3&sort=" + sort + cursor);
                page.path("datasets")
                        .forEach(dataset -> seen.add(dataset.path("name").asText()));
                JsonNode next = page.path("next_cursor");
                cursor = next.isNull() ? "" : "&cursor=" + next.asText();
            } while (!cursor.isEmpty());
            assertThat(seen).as(sort).isEqualTo(all).hasSize(8);
        }
        String cursor = get("/datasets?limit=3").path("next_cursor").asText();
        http.volumes.remove("set-1"); // the last of that page
        add("a-0", ElementType.UINT8);
        assertThat(names("/datasets?cursor=" + cursor)).containsExactly("set-2", "set-3", "set-4", "set-5", "set-6");
        assertThat(refusal("/datasets?sort=created_at&cursor=" + cursor, 400)).contains("'sort'");
        assertThat(refusal("/datasets?cursor=AAAA", 400)).contains("next_cursor");
    }

    @Test
    void allAboutOneIsFoundByNameAndById() throws IOException {
        JsonNode byName = get("/metadata?dataset_id=set-5");
        assertThat(get("/metadata?dataset_id=" + five.id())).isEqualTo(byName);
        assertThat(byName.path("dtype").asText()).isEqualTo("float32");
        assertThat(byName.path("levels").path(0).path("chunk_shape").toString()).isEqualTo("[4,4,4]");
        assertThat(byName.path("levels").path(0).path("statistics").isNull()).isTrue();
        assertThat(byName.path("voxel_size").toString()).isEqualTo("[8.0,8.0,8.0]");
        assertThat(byName.has("location")).isFalse();
    }

    @Test
    void whatTheCallerMayNotSeeIsNotThere() throws IOException {
        Dataset secret = http.volumes
                .find(new io.voxelflight.model.DatasetName("secret"))
                .orElseThrow();
        assertThat(refusal("/metadata?dataset_id=secret", 404).replace("secret", "absent"))
                .isEqualTo(refusal("/metadata?dataset_id=absent", 404));
        assertThat(refusal("/metadata?dataset_id=" + secret.id(), 404)).doesNotContain("secret");
        assertThat(refusal("/block?x=0&y=0&z=0&dataset_id=secret", 404).replace("secret", "absent"))
                .isEqualTo(refusal("/block?x=0&y=0&z=0&dataset_id=absent", 404));
    }

    @Test
    void wrongCallsAreRefusedByName() throws IOException {
        assertThat(refusal("/datasets?nmae=x", 400)).contains("'nmae'").contains("modality");
        assertThat(refusal("/datasets?limit=0", 400)).contains("'limit' is 0");
        assertThat(refusal("/datasets?limit=1001", 400)).contains("1001");
        assertThat(refusal("/datasets?dtype=uint12", 400)).contains("uint12");
        assertThat(refusal("/datasets?sort=size", 400)).contains("'sort'");
        assertThat(refusal("/datasets?name=", 400)).contains("pattern");
        assertThat(refusal("/metadata", 400)).contains("'dataset_id' is missing");
        for (String name : List.of(
                "..",
                "%2e%2e",
                "%2e%2e%2fetc",
                "../../etc/passwd",
                "a%00b",
                "/etc/passwd",
                "file:///etc/passwd",
                "%c0%ae%c0%ae",
                "a%0d%0aX:1",
                "",
                "%20",
                "s3://b/k",
                "set-1/",
                "-x",
                "set-1%00")) {
            assertThat(http.get("/metadata?dataset_id=" + name).statusCode())
                    .as(name)
                    .isEqualTo(400);
            assertThat(http.get("/block?x=0&y=0&z=0&dataset_id=" + name).statusCode())
                    .as(name)
                    .isEqualTo(400);
        }
    }
}
