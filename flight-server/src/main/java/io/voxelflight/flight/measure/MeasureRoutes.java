package io.voxelflight.flight.measure;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.flight.access.Caller;
import io.voxelflight.flight.http.HttpCalls;
import io.voxelflight.flight.http.HttpRoutes;
import io.voxelflight.flight.plan.Planner;
import io.voxelflight.model.Box;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.DatasetName;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code GET /stats} and {@code GET /bbox}. */
public final class MeasureRoutes implements HttpRoutes {
    private static final Set<String> STATS = Set.of("dataset_id", "level", "box", "bins", "range");
    private static final Set<String> BBOX = Set.of("dataset_id", "level", "box", "threshold");
    private static final Pattern UUID_FORM = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final Pattern SIDE = Pattern.compile("(\\d{1,18}):(\\d{1,18})");

    private final Measurements measurements;
    private final Planner planner;

    public MeasureRoutes(Measurements measurements, Planner planner) {
        this.measurements = measurements;
        this.planner = planner;
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/stats", context -> {
            MeasureRequest request = request(context, STATS);
            answer(
                    context,
                    measurements
                            .statistics(request, HttpCalls.caller(context), new Cancellation())
                            .toString());
        });
        routes.get("/bbox", context -> {
            MeasureRequest request = request(context, BBOX);
            answer(
                    context,
                    measurements
                            .bounds(request, HttpCalls.caller(context), new Cancellation())
                            .toString());
        });
    }

    private static void answer(Context context, String json) {
        context.contentType("application/json").result(json);
    }

    private MeasureRequest request(Context context, Set<String> known) {
        context.queryParamMap().forEach((name, values) -> {
            if (!known.contains(name)) {
                throw MeasureRequest.invalid("there is no parameter '" + name + "': there are "
                        + String.join(", ", known.stream().sorted().toList()));
            }
            if (values.size() != 1) {
                throw MeasureRequest.invalid("parameter '" + name + "' is there " + values.size() + " times");
            }
        });
        String dataset = context.queryParam("dataset_id");
        if (dataset == null || dataset.isEmpty()) {
            throw MeasureRequest.invalid("parameter 'dataset_id' is missing: a dataset's name or id");
        }
        return new MeasureRequest(
                name(dataset, HttpCalls.caller(context)),
                (int) number(context, "level", 0, true),
                box(context.queryParam("box")),
                (int) number(context, "bins", 0, true),
                range(context.queryParam("range")),
                number(context, "threshold", 0, false));
    }

    private DatasetName name(String text, Caller caller) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (UUID_FORM.matcher(lower).matches()) {
            UUID id = UUID.fromString(lower);
            for (Dataset dataset : planner.datasets(caller)) {
                if (dataset.id().equals(id)) {
                    return dataset.name();
                }
            }
        }
        return new DatasetName(text); // a name may look like an id; if there is none of it, the plan says so
    }

    private static double number(Context context, String name, double usual, boolean whole) {
        String text = context.queryParam(name);
        if (text == null) {
            return usual;
        }
        try {
            return whole ? Integer.parseInt(text) : Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw MeasureRequest.invalid(
                    "parameter '" + name + "' is '" + text + "': give a " + (whole ? "whole number" : "number"));
        }
    }

    private static MeasureRequest.@Nullable Range range(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String[] ends = text.split(",", -1);
        try {
            if (ends.length == 2) {
                return new MeasureRequest.Range(Double.parseDouble(ends[0]), Double.parseDouble(ends[1]));
            }
        } catch (NumberFormatException e) {
            // refused below
        }
        throw MeasureRequest.invalid("parameter 'range' is '" + text + "': write LOW,HIGH");
    }

    private static @Nullable Box box(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String[] sides = text.split(",", -1);
        long[] start = new long[sides.length];
        long[] stop = new long[sides.length];
        for (int i = 0; i < sides.length; i++) {
            Matcher side = SIDE.matcher(sides[i]);
            if (!side.matches()) {
                throw MeasureRequest.invalid(
                        "parameter 'box' is '" + text + "': write Z0:Z1,Y0:Y1,X0:X1, or with T0:T1,C0:C1 before it");
            }
            start[i] = Long.parseLong(side.group(1));
            stop[i] = Long.parseLong(side.group(2));
        }
        return MeasureRequest.box(start, stop);
    }
}
