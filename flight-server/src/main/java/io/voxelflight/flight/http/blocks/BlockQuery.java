package io.voxelflight.flight.http.blocks;

import io.javalin.http.Context;
import io.voxelflight.flight.http.HttpFailure;
import io.voxelflight.flight.http.Negotiation;
import io.voxelflight.flight.http.Parameters;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Point;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a call of {@code /block} asks for: well formed, but not yet compared with any dataset.
 *
 * @param dataset name or id
 * @param window values that become black and white in a picture; null: the type's own range
 */
record BlockQuery(
        String dataset,
        int level,
        Point origin,
        BlockShape shape,
        BlockFormat format,
        @Nullable Window window,
        ContentCoding coding) {

    /** A range of values. */
    record Window(double low, double high) {
        static Window parse(String text) {
            String[] numbers = text.split(",", -1);
            try {
                if (numbers.length == 2) {
                    Window window = new Window(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]));
                    if (Double.isFinite(window.high() - window.low()) && window.low() < window.high()) {
                        return window;
                    }
                }
            } catch (NumberFormatException e) {
                // refused below
            }
            throw Parameters.refused("window", text, "use two numbers LO,HI, the first the smaller");
        }
    }

    private static final int DEFAULT_SIDE = BlockShape.DEFAULT.z();

    static BlockQuery of(Context context) {
        Parameters parameters = Parameters.of(
                context,
                "dataset_id",
                "x",
                "y",
                "z",
                "size",
                "level",
                "c",
                "t",
                "size_x",
                "size_y",
                "size_z",
                "format",
                "window");
        long size = parameters.whole("size", DEFAULT_SIDE);
        BlockShape shape = new BlockShape(
                side(parameters, "size_z", size), side(parameters, "size_y", size), side(parameters, "size_x", size));
        BlockFormat format = format(parameters, context);
        Window window = parameters.text("window").map(Window::parse).orElse(null);
        if (window != null && !format.isPicture()) {
            throw Parameters.refused(
                    "window", parameters.needed("window"), "it goes with format=png or jpeg, not " + format.token());
        }
        if (format.isPicture() && shape.z() != 1 && shape.y() != 1 && shape.x() != 1) {
            throw Parameters.refused(
                    "format", format.token(), "a picture is flat: make size_x, size_y or size_z 1, not " + shape);
        }
        return new BlockQuery(
                parameters.needed("dataset_id"),
                parameters.between("level", 0, Integer.MAX_VALUE, 0),
                new Point(
                        parameters.whole("t", 0),
                        parameters.whole("c", 0),
                        parameters.whole("z"),
                        parameters.whole("y"),
                        parameters.whole("x")),
                shape,
                format,
                window,
                format.isPicture() ? ContentCoding.IDENTITY : coding(context));
    }

    private static int side(Parameters parameters, String name, long otherwise) {
        long side = parameters.whole(name, otherwise);
        String given = parameters.has(name) ? name : "size";
        if (side < 1) {
            throw Parameters.refused(given, String.valueOf(side), "use 1 to " + BlockShape.MAX_SIDE);
        }
        if (side > BlockShape.MAX_SIDE) {
            throw HttpFailure.tooLarge("parameter '" + given + "' is " + side + ", a block has sides of 1 to "
                    + BlockShape.MAX_SIDE + ": ask for several, or with POST /blocks");
        }
        return (int) side;
    }

    /** The parameter says it; without it, the header. */
    private static BlockFormat format(Parameters parameters, Context context) {
        List<BlockFormat> all = List.of(BlockFormat.values());
        if (parameters.has("format")) {
            String wanted = parameters.needed("format");
            return all.stream()
                    .filter(format -> format.token().equals(wanted))
                    .findFirst()
                    .orElseThrow(() -> Parameters.refused(
                            "format",
                            wanted,
                            "use " + all.stream().map(BlockFormat::token).collect(Collectors.joining(", "))));
        }
        return Negotiation.type(context)
                .best(all, BlockFormat::mediaType)
                .orElseThrow(() -> HttpFailure.notAcceptable("a block cannot be sent as 'Accept: "
                        + context.header("Accept") + "' wishes, but as "
                        + all.stream().map(BlockFormat::mediaType).collect(Collectors.joining(", "))));
    }

    private static ContentCoding coding(Context context) {
        return Negotiation.coding(context)
                .best(Arrays.asList(ContentCoding.values()), ContentCoding::token)
                .orElse(ContentCoding.IDENTITY);
    }
}
