package io.voxelflight.flight.server.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.catalog.api.AccessKey;
import io.voxelflight.catalog.api.AccessKeys;
import io.voxelflight.flight.access.KeyText;
import io.voxelflight.flight.config.ByteSize;
import io.voxelflight.flight.server.Installation;
import io.voxelflight.model.DatasetPatterns;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Quota;
import io.voxelflight.model.Role;
import io.voxelflight.model.ServiceException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "keys",
        description = {
            "Makes, lists, changes and revokes API keys.",
            "Whoever may run this on the home or its database may do all that keys allow. Running servers take a change"
                    + " within a second, a new key at once."
        },
        subcommands = {
            KeysCommand.Create.class,
            KeysCommand.Show.class,
            KeysCommand.Change.class,
            KeysCommand.Revoke.class,
            AuditCommand.class,
            HelpCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class KeysCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Without a subcommand: says which there are. */
    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    @Command(
            name = "create",
            description = {
                "Makes a key and prints it, alone on standard output. It is shown this once: only its hash is kept.",
                "Clients send it as 'authorization: Bearer KEY', as 'x-api-key: KEY', or as the password of a login."
            })
    static final class Create implements Callable<Integer> {
        @Mixin
        private CommonOptions common = new CommonOptions();

        @Option(names = "--name", required = true, paramLabel = "NAME", description = "For people: who or what has it.")
        private String name = "";

        @Mixin
        private KeyRights rights = new KeyRights();

        @Override
        public Integer call() {
            KeyText text = KeyText.random();
            AccessKey key = text.toKeep(
                    name,
                    rights.role(Role.READER),
                    rights.datasets(DatasetPatterns.ALL),
                    rights.quota(Quota.NONE),
                    rights.expiry(null));
            try (Installation installation = open(common)) {
                installation.accessKeys().create(key, actor());
            }
            common.out().println(text.text());
            Errors.print(
                    common.err(),
                    "key '" + name + "', " + key.role() + " of " + key.datasets() + ", " + expiry(key.expiresAt())
                            + ": keep it, it is not shown again");
            return 0;
        }
    }

    @Command(name = "list", description = "Lists all keys, revoked ones too; never the secrets.")
    static final class Show implements Callable<Integer> {
        @Mixin
        private CommonOptions common = new CommonOptions();

        @Option(names = "--json", description = "Print a JSON array.")
        private boolean json;

        @Override
        public Integer call() {
            List<AccessKey> keys;
            try (Installation installation = open(common)) {
                keys = installation.accessKeys().keys();
            }
            Instant now = Instant.now();
            if (json) {
                ArrayNode array = JsonNodeFactory.instance.arrayNode();
                keys.forEach(key -> array.add(object(key, now)));
                common.out().println(DatasetJson.text(array));
                return 0;
            }
            if (keys.isEmpty()) {
                Errors.print(common.err(), "no keys yet, make one with 'voxelflight keys create --name NAME'");
                return 0;
            }
            TextTable table = new TextTable("name", "key", "role", "datasets", "limits", "made", "state");
            for (AccessKey key : keys) {
                table.row(
                        key.name(),
                        "vf_" + key.prefix() + "_...",
                        key.role(),
                        key.datasets(),
                        limits(key.quota()),
                        key.createdAt().toString().substring(0, 10),
                        state(key, now));
            }
            table.print(common.out());
            return 0;
        }
    }

    @Command(name = "change", description = "Changes what a key may do; what is not named stays as it is.")
    static final class Change implements Callable<Integer> {
        @Mixin
        private CommonOptions common = new CommonOptions();

        @Parameters(paramLabel = "NAME", description = "Name of the key.")
        private String name = "";

        @Mixin
        private KeyRights rights = new KeyRights();

        @Override
        public Integer call() {
            try (Installation installation = open(common)) {
                AccessKeys keys = installation.accessKeys();
                AccessKey old = keys.keys().stream()
                        .filter(key -> key.name().equals(name) && key.revokedAt() == null)
                        .findFirst()
                        .orElseThrow(() -> new ServiceException(
                                ErrorCode.NOT_FOUND,
                                "there is no key '" + name + "' in use: 'voxelflight keys list' shows all"));
                AccessKey changed = old.with(
                        rights.role(old.role()),
                        rights.datasets(old.datasets()),
                        rights.quota(old.quota()),
                        rights.expiry(old.expiresAt()));
                keys.change(changed, actor());
                common.out()
                        .println("changed '" + name + "': " + changed.role() + " of " + changed.datasets() + ", "
                                + expiry(changed.expiresAt()) + ", " + limits(changed.quota()));
            }
            return 0;
        }
    }

    @Command(name = "revoke", description = "Revokes a key, for good: servers refuse it within a second.")
    static final class Revoke implements Callable<Integer> {
        @Mixin
        private CommonOptions common = new CommonOptions();

        @Parameters(paramLabel = "NAME", description = "Name of the key.")
        private String name = "";

        @Override
        public Integer call() {
            try (Installation installation = open(common)) {
                AccessKey key = installation.accessKeys().revoke(name, actor());
                common.out().println("revoked '" + name + "' (vf_" + key.prefix() + "_...)");
            }
            return 0;
        }
    }

    private static Installation open(CommonOptions common) {
        return Installation.open(common.home(), System.getenv(), true);
    }

    /** For the audit log: who runs the command, as the operating system says. */
    private static String actor() {
        return "command line, user " + System.getProperty("user.name");
    }

    private static String expiry(@Nullable Instant end) {
        return end == null ? "never expires" : "expires at " + end;
    }

    private static String state(AccessKey key, Instant now) {
        if (key.revokedAt() != null) {
            return "revoked " + key.revokedAt().toString().substring(0, 10);
        }
        Instant end = key.expiresAt();
        if (end == null) {
            return "in use";
        }
        return (now.isBefore(end) ? "expires " : "expired ") + end.toString().substring(0, 10);
    }

    private static String limits(Quota quota) {
        List<String> limits = new ArrayList<>();
        if (quota.requestsPerSecond() != null) {
            limits.add(String.format(Locale.ROOT, "%.4g", quota.requestsPerSecond()) + "/s");
        }
        if (quota.bytesPerSecond() != null) {
            limits.add(new ByteSize(quota.bytesPerSecond()) + "/s");
        }
        if (quota.streams() != null) {
            limits.add(quota.streams() + " streams");
        }
        if (quota.sqlSecondsPerMinute() != null) {
            limits.add(String.format(Locale.ROOT, "%.4g", quota.sqlSecondsPerMinute()) + " s of SQL/min");
        }
        return limits.isEmpty() ? "none of its own" : String.join(", ", limits);
    }

    private static ObjectNode object(AccessKey key, Instant now) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("name", key.name());
        object.put("prefix", key.prefix());
        object.put("role", key.role().toString());
        ArrayNode datasets = object.putArray("datasets");
        key.datasets().patterns().forEach(datasets::add);
        object.put("requests_per_second", key.quota().requestsPerSecond());
        object.put("bytes_per_second", key.quota().bytesPerSecond());
        object.put("streams", key.quota().streams());
        object.put("sql_seconds_per_minute", key.quota().sqlSecondsPerMinute());
        object.put("created_at", key.createdAt().toString());
        object.put("expires_at", text(key.expiresAt()));
        object.put("revoked_at", text(key.revokedAt()));
        object.put("state", state(key, now));
        return object;
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }
}
