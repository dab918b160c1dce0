package io.voxelflight.flight.http.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.DatasetDetails;
import io.voxelflight.flight.http.HttpCalls;
import io.voxelflight.flight.http.HttpRoutes;
import io.voxelflight.flight.http.Parameters;
import io.voxelflight.flight.plan.Planner;
import io.voxelflight.model.DatasetPatterns;
import io.voxelflight.model.ElementType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code GET /datasets}, the list in pages, and {@code GET /metadata}, all about one dataset. */
public final class DatasetRoutes implements HttpRoutes {
    private static final int PAGE = 100;
    private static final int LONGEST_PAGE = 1000;

    /** Chunks of a level over which statistics are put together while a client waits: some tenths of a second. */
    private static final long SUMMED_CHUNKS = 200_000;

    private final Planner planner;
    private final DatasetDetails details;

    public DatasetRoutes(Planner planner, DatasetDetails details) {
        this.planner = planner;
        this.details = details;
    }

    @Override
    public String description() {
        return "datasets.openapi.json";
    }

    @Override
    public void addTo(RoutesConfig routes) {
        add(routes, "/datasets", this::list);
        add(routes, "/metadata", this::metadata);
    }

    private static void add(RoutesConfig routes, String path, Handler handler) {
        routes.get(path, handler);
        routes.head(path, handler);
    }

    private void list(Context context) {
        Parameters parameters =
                Parameters.of(context, "name", "modality", "dtype", "kind", "tag", "sort", "limit", "cursor");
        Optional<DatasetPatterns> names = parameters.text("name").map(pattern -> new DatasetPatterns(List.of(pattern)));
        Optional<String> modality = parameters.text("modality");
        Optional<ElementType> dtype = parameters.text("dtype").map(ElementType::parse);
        Optional<String> kind = parameters.text("kind");
        if (kind.isPresent() && !List.of("image", "labels").contains(kind.get())) {
            throw Parameters.refused("kind", kind.get(), "use image or labels");
        }
        Optional<String> tag = parameters.text("tag");
        DatasetOrder.Sort sort =
                parameters.text("sort").map(DatasetOrder.Sort::parse).orElse(DatasetOrder.Sort.parse("name"));
        int limit = parameters.between("limit", 1, LONGEST_PAGE, PAGE);
        Optional<PageCursor> cursor = parameters.text("cursor").map(text -> PageCursor.parse(text, sort));
        Stream<Dataset> wanted = planner.datasets(HttpCalls.caller(context)).stream()
                .filter(dataset -> names.isEmpty() || names.get().contains(dataset.name()))
                .filter(dataset -> modality.isEmpty() || modality.get().equals(dataset.modality()))
                .filter(dataset -> dtype.isEmpty() || dtype.get() == dataset.elementType())
                .filter(dataset -> kind.isEmpty()
                        || kind.get().equalsIgnoreCase(dataset.kind().name()))
                .filter(dataset -> tag.isEmpty() || dataset.tags().contains(tag.get()))
                .filter(dataset -> cursor.isEmpty() || cursor.get().isBefore(dataset))
                .sorted(sort.comparator());
        answer(context, page(wanted.limit(limit + 1L).toList(), limit, sort));
    }

    /** @param datasets one more than the page has, if there are that many */
    private static ObjectNode page(List<Dataset> datasets, int limit, DatasetOrder.Sort sort) {
        ObjectNode page = JsonNodeFactory.instance.objectNode();
        ArrayNode list = page.putArray("datasets");
        datasets.stream().limit(limit).map(DatasetDocument::brief).forEach(list::add);
        page.put(
                "next_cursor",
                datasets.size() > limit
                        ? PageCursor.behind(sort, datasets.get(limit - 1)).toString()
                        : null);
        return page;
    }

    private void metadata(Context context) {
        Parameters parameters = Parameters.of(context, "dataset_id");
        Dataset dataset = planner.find(parameters.needed("dataset_id"), HttpCalls.caller(context));
        answer(
                context,
                DatasetDocument.full(
                        dataset, details.acquisitions(dataset.id()), details.statistics(dataset.id(), SUMMED_CHUNKS)));
    }

    private static void answer(Context context, ObjectNode json) {
        context.header("Cache-Control", "private, no-cache");
        context.contentType("application/json").result(json.toString());
    }
}
