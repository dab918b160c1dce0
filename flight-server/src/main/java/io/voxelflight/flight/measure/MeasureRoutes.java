package io.voxelflight.flight.measure;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.flight.http.HttpCalls;
import io.voxelflight.flight.http.HttpRoutes;
import io.voxelflight.flight.http.Parameters;
import io.voxelflight.flight.plan.Planner;
import io.voxelflight.model.Box;
import io.voxelflight.model.Cancellation;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code GET /stats} and {@code GET /bbox}. */
public final class MeasureRoutes implements HttpRoutes {
    private static final Pattern SIDE = Pattern.compile("(\\d{1,18}):(\\d{1,18})");

    private final Measurements measurements;
    private final Planner planner;

    public MeasureRoutes(Measurements measurements, Planner planner) {
        this.measurements = measurements;
        this.planner = planner;
    }

    @Override
    public String description() {
        return "measure.openapi.json";
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/stats", context -> {
            MeasureRequest request =
                    request(context, Parameters.of(context, "dataset_id", "level", "box", "bins", "range"));
            answer(
                    context,
                    measurements
                            .statistics(request, HttpCalls.caller(context), new Cancellation())
                            .toString());
        });
        routes.get("/bbox", context -> {
            MeasureRequest request =
                    request(context, Parameters.of(context, "dataset_id", "level", "box", "threshold"));
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

    private MeasureRequest request(Context context, Parameters given) {
        Dataset dataset = planner.find(given.needed("dataset_id"), HttpCalls.caller(context));
        HttpCalls.request(context).about(dataset.id(), dataset.name());
        String threshold = given.text("threshold").orElse("0");
        try {
            return new MeasureRequest(
                    dataset.name(),
                    given.between("level", 0, Integer.MAX_VALUE, 0),
                    box(given.text("box").orElse(null)),
                    given.between("bins", 0, measurements.mostBins(), 0),
                    range(given.text("range").orElse(null)),
                    Double.parseDouble(threshold));
        } catch (NumberFormatException e) {
            throw Parameters.refused("threshold", threshold, "give a number");
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
