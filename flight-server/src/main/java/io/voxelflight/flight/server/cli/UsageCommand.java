package io.voxelflight.flight.server.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.catalog.api.UsageLog;
import io.voxelflight.catalog.api.UsageSum;
import io.voxelflight.flight.config.ByteSize;
import io.voxelflight.flight.server.Installation;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "usage",
        description = {
            "Sums up what callers used, by hours in UTC. Running servers write what they count every few seconds.",
            "The SQL table usage has the rows behind it."
        })
final class UsageCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(
            names = "--by",
            paramLabel = "key|dataset|door|day",
            defaultValue = "key",
            description = "What a line is about (default: ${DEFAULT-VALUE}).")
    private UsageLog.By by = UsageLog.By.KEY;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            defaultValue = "7d",
            description = "How far back, such as 12h, 7d or 4w (default: ${DEFAULT-VALUE}).")
    private String since = "7d";

    @Option(names = "--json", description = "Print a JSON array.")
    private boolean json;

    @Override
    public Integer call() {
        Duration back = KeyRights.time("--since", since, "");
        List<UsageSum> sums = sums(Instant.now().minus(back).truncatedTo(ChronoUnit.HOURS));
        String what = by.name().toLowerCase(Locale.ROOT);
        if (json) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            for (UsageSum sum : sums) {
                ObjectNode object = array.addObject();
                object.put(what, sum.what());
                object.put("requests", sum.requests());
                object.put("blocks", sum.blocks());
                object.put("bytes", sum.bytes());
                object.put("chunks", sum.chunks());
                object.put("cache_hits", sum.cacheHits());
                object.put("sql_ms", sum.sqlMillis());
            }
            common.out().println(DatasetJson.text(array));
            return 0;
        }
        if (sums.isEmpty()) {
            Errors.print(common.err(), "nothing was used in the last " + since);
            return 0;
        }
        TextTable table = new TextTable(what, "requests", "blocks", "sent", "from cache", "SQL (s)");
        for (UsageSum sum : sums) {
            table.row(
                    sum.what().isEmpty() ? "(none)" : sum.what(),
                    sum.requests(),
                    sum.blocks(),
                    new ByteSize(sum.bytes()),
                    sum.chunks() == 0 ? "" : Math.round(100.0 * sum.cacheHits() / sum.chunks()) + " %",
                    String.format(Locale.ROOT, "%.1f", sum.sqlMillis() / 1000.0));
        }
        table.print(common.out());
        return 0;
    }

    private List<UsageSum> sums(Instant from) {
        if (!Installation.exists(common.home(), System.getenv())) {
            return List.of();
        }
        try (Installation installation = Installation.open(common.home(), System.getenv(), true)) {
            return installation.usageLog().sums(by, from);
        }
    }
}
