package io.voxelflight.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** Queries over all tables that are about datasets, made at random: each is valid, and its rows have one meaning. */
final class RandomStatements {
    private record Table(String name, String dataset, List<String> numbers, List<String> texts) {}

    private static final List<Table> TABLES = List.of(
            new Table(
                    "datasets",
                    "name",
                    List.of("levels", "chunks", "byte_size"),
                    List.of("name", "modality", "dtype", "kind")),
            new Table(
                    "acquisitions",
                    "dataset",
                    List.of("extract(second FROM started_at)"),
                    List.of("dataset", "instrument")),
            new Table("levels", "dataset", List.of("level", "chunks", "byte_size"), List.of("dataset", "path")),
            new Table(
                    "chunks",
                    "dataset",
                    List.of("z", "y", "x", "mean", "stddev", "byte_size", "id", "nonzero_fraction"),
                    List.of("dataset")),
            new Table("labels", "dataset", List.of("label", "voxels", "z", "chunk_id"), List.of("dataset")));

    private final Random random;

    RandomStatements(Random random) {
        this.random = random;
    }

    String next() {
        return query(2);
    }

    private String query(int depth) {
        return switch (random.nextInt(depth == 0 ? 4 : 11)) {
            case 0 -> plain();
            case 1 -> grouped();
            case 2 -> totals();
            case 3 -> windows();
            case 4 -> joined();
            case 5 -> "SELECT * FROM (" + query(depth - 1) + ") AS q";
            case 6 -> "WITH q AS (" + query(depth - 1) + ") SELECT count(*) AS n FROM q";
            case 7 -> set();
            case 8 -> filteredByQuery();
            case 9 -> "SELECT (" + totals("count(*)") + ") AS a, (" + totals("count(*)") + ") AS b";
            default -> tableFunction();
        };
    }

    private String plain() {
        Table table = any(TABLES);
        return "SELECT " + columns(table, "") + " FROM " + table.name + where(table, "");
    }

    private String grouped() {
        Table table = any(TABLES);
        String by = any(table.texts);
        String number = any(table.numbers);
        return "SELECT " + by + " AS k, count(*) AS n, sum(" + number + ") AS s, max(" + number + ") AS m FROM "
                + table.name + where(table, "") + " GROUP BY " + by
                + (random.nextBoolean() ? "" : " HAVING count(*) > 1");
    }

    private String totals() {
        return totals("count(*) AS n, count(DISTINCT " + any(List.of("1", "2")) + ") AS one");
    }

    private String totals(String what) {
        Table table = any(TABLES);
        return "SELECT " + what + " FROM " + table.name + where(table, "");
    }

    private String windows() {
        Table table = any(TABLES);
        String number = any(table.numbers);
        return "SELECT " + any(table.texts) + " AS k, " + number + " AS v, rank() OVER (PARTITION BY " + table.dataset
                + " ORDER BY " + number + ") AS r, count(*) OVER () AS total FROM " + table.name;
    }

    private String joined() {
        Table left = any(TABLES);
        Table right = any(TABLES);
        String kind = any(List.of("JOIN", "LEFT JOIN", "FULL JOIN", "RIGHT JOIN"));
        return "SELECT l." + left.dataset + " AS ld, r." + right.dataset + " AS rd, count(*) AS n FROM " + left.name
                + " l " + kind + " " + right.name + " r ON l." + left.dataset
                + any(List.of(" = ", " <> ", " < "))
                        .replace("<>", kind.equals("FULL JOIN") ? "=" : "<>")
                        .replace(" < ", kind.equals("FULL JOIN") ? " = " : " < ")
                + "r." + right.dataset + " GROUP BY ALL";
    }

    private String set() {
        Table left = any(TABLES);
        Table right = any(TABLES);
        return "SELECT " + left.dataset + " AS d FROM " + left.name
                + any(List.of(" UNION ", " UNION ALL ", " INTERSECT ", " EXCEPT ")) + "SELECT " + right.dataset
                + " FROM " + right.name + where(right, "");
    }

    private String filteredByQuery() {
        Table outer = any(TABLES);
        Table inner = any(TABLES);
        String query = "(SELECT " + inner.dataset + " FROM " + inner.name + where(inner, "") + ")";
        return "SELECT " + columns(outer, "") + " FROM " + outer.name + " WHERE "
                + switch (random.nextInt(4)) {
                    case 0 -> outer.dataset + " IN " + query;
                    case 1 -> outer.dataset + " NOT IN " + query;
                    case 2 ->
                        "EXISTS (SELECT 1 FROM " + inner.name + " i WHERE i." + inner.dataset + " = " + outer.name + "."
                                + outer.dataset + ")";
                    default -> outer.dataset + " > ANY " + query;
                };
    }

    private String tableFunction() {
        return "SELECT count(*) AS n, sum(mean) AS s FROM chunks_in('d" + random.nextInt(6)
                + "', 0, 200, 0, 200, 0, 200)";
    }

    private String columns(Table table, String alias) {
        List<String> columns = new ArrayList<>(table.texts);
        columns.addAll(table.numbers);
        columns.removeIf(column -> random.nextInt(3) == 0);
        columns.add(table.dataset);
        List<String> named = new ArrayList<>();
        for (String column : columns) {
            named.add(alias + column + " AS c" + named.size());
        }
        return named.stream().collect(Collectors.joining(", ", random.nextInt(4) == 0 ? "DISTINCT " : "", ""));
    }

    private String where(Table table, String alias) {
        return switch (random.nextInt(5)) {
            case 0 -> " WHERE " + alias + table.dataset + " = 'd" + random.nextInt(6) + "'";
            case 1 -> " WHERE " + alias + any(table.numbers) + " > " + random.nextInt(200);
            case 2 ->
                " WHERE " + alias + table.dataset + " IN ('d" + random.nextInt(6) + "', 'd" + random.nextInt(6) + "')";
            case 3 -> " WHERE NOT (" + alias + table.dataset + " LIKE '%" + random.nextInt(6) + "')";
            default -> "";
        };
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
