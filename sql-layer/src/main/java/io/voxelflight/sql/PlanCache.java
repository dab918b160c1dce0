package io.voxelflight.sql;

import io.voxelflight.sql.execute.PreparedQuery;
import io.voxelflight.sql.translate.Visibility;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Statements prepared before, for callers who see the same: the least recently used are forgotten first. Thread-safe. */
final class PlanCache {
    /** What a plan weighs apart from its statement's text, in characters: a guess on the high side. */
    private static final int PLAN_CHARACTERS = 4096;

    private final long capacity;
    private final LinkedHashMap<Key, PreparedQuery> plans = new LinkedHashMap<>(16, 0.75f, true);
    private long weight;

    private record Key(String statement, Visibility visibility) {
        long weight() {
            return PLAN_CHARACTERS + 4L * statement.length(); // the text, the translated text, and their pieces
        }
    }

    /** @param plans of statements of usual length; longer ones take the room of several */
    PlanCache(int plans) {
        this.capacity = 2L * plans * PLAN_CHARACTERS;
    }

    synchronized @Nullable PreparedQuery get(String statement, Visibility visibility) {
        return plans.get(new Key(statement, visibility));
    }

    synchronized void put(String statement, Visibility visibility, PreparedQuery query) {
        Key key = new Key(statement, visibility);
        if (plans.put(key, query) == null) {
            weight += key.weight();
        }
        var eldest = plans.entrySet().iterator();
        while (weight > capacity && eldest.hasNext()) {
            Map.Entry<Key, PreparedQuery> forgotten = eldest.next();
            weight -= forgotten.getKey().weight();
            eldest.remove();
        }
    }

    synchronized int size() {
        return plans.size();
    }
}
