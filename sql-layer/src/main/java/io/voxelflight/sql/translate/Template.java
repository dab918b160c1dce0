package io.voxelflight.sql.translate;

import java.util.List;

/**
 * A PostgreSQL statement with places for parameters.
 *
 * @param parts the text around the places, one more than there are places
 * @param parameters which parameter (from 0) stands at each place: in the order of the text, which is not always that of
 *     the statement as written, and one parameter may stand at several
 */
public record Template(List<String> parts, List<Integer> parameters) {
    public Template {
        parts = List.copyOf(parts);
        parameters = List.copyOf(parameters);
        if (parts.size() != parameters.size() + 1) {
            throw new IllegalArgumentException(parts.size() + " parts for " + parameters.size() + " places");
        }
    }

    /** @param literals complete PostgreSQL expressions, one for each parameter */
    public String fill(List<String> literals) {
        StringBuilder text = new StringBuilder(parts.get(0));
        for (int i = 0; i < parameters.size(); i++) {
            text.append(literals.get(parameters.get(i))).append(parts.get(i + 1));
        }
        return text.toString();
    }
}
