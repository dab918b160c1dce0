package io.voxelflight.flight.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.catalog.api.AuditEntry;
import io.voxelflight.flight.server.Installation;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "audit", description = "Lists the changes of keys, the newest first: when, who, what.")
final class AuditCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(
            names = "--last",
            defaultValue = "50",
            paramLabel = "N",
            description = "How many changes (default: ${DEFAULT-VALUE}).")
    private int last = 50;

    @Option(names = "--json", description = "Print a JSON array.")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        List<AuditEntry> entries = entries();
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        TextTable table = new TextTable("at", "by", "did", "key", "name", "role", "datasets");
        for (AuditEntry entry : entries) {
            JsonNode details = JSON.readTree(entry.details());
            ObjectNode object = array.addObject();
            object.put("at", entry.at().toString());
            object.put("actor", entry.actor());
            object.put("action", entry.action());
            object.put("prefix", entry.prefix());
            object.set("details", details);
            table.row(
                    entry.at().truncatedTo(ChronoUnit.SECONDS),
                    entry.actor(),
                    entry.action(),
                    "vf_" + entry.prefix() + "_...",
                    details.path("name").asText(),
                    details.path("role").asText(),
                    details.path("datasets").asText());
        }
        if (json) {
            common.out().println(DatasetJson.text(array));
        } else if (entries.isEmpty()) {
            Errors.print(common.err(), "no key was made yet");
        } else {
            table.print(common.out());
        }
        return 0;
    }

    private List<AuditEntry> entries() {
        if (!Installation.exists(common.home(), System.getenv())) {
            return List.of();
        }
        try (Installation installation = Installation.open(common.home(), System.getenv(), true)) {
            return installation.accessKeys().audit(last);
        }
    }
}
