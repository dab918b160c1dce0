package io.voxelflight.sql.translate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Statements and tables whose rows are known beforehand, in PostgreSQL's words. */
public final class Constants {
    private Constants() {}

    /** A text or NULL. */
    public static String text(@Nullable String value) {
        return value == null ? "CAST(NULL AS text)" : "CAST(" + PostgresDialect.quoted(value) + " AS text)";
    }

    /** A list of texts. */
    public static String texts(List<String> values) {
        return "CAST(ARRAY[" + values.stream().map(Constants::text).collect(Collectors.joining(", ")) + "] AS text[])";
    }

    /**
     * A statement that answers with rows.
     *
     * @param names of the columns
     * @param rows of PostgreSQL's expressions, at least one row; all of a column have the same type
     */
    public static Translation rows(List<String> names, List<List<String>> rows) {
        return statement(names, "SELECT * FROM " + values(rows) + " AS \"rows\"");
    }

    /** {@code (VALUES ...)} */
    static String values(List<List<String>> rows) {
        return rows.stream().map(row -> String.join(", ", row)).collect(Collectors.joining("), (", "(VALUES (", "))"));
    }

    /** A statement without parameters. */
    public static Translation statement(List<String> names, String text) {
        return new Translation(
                new Template(List.of(text), List.of()), List.of(), names, Collections.nCopies(names.size(), 2));
    }

    /** A statement around another, whose parameters it has. */
    public static Translation around(Translation inner, String before, String after, List<String> names) {
        List<String> parts = new ArrayList<>(inner.template().parts());
        parts.set(0, before + parts.get(0));
        parts.set(parts.size() - 1, parts.get(parts.size() - 1) + after);
        return new Translation(
                new Template(parts, inner.template().parameters()),
                inner.parameters(),
                names,
                Collections.nCopies(names.size(), 2));
    }
}
