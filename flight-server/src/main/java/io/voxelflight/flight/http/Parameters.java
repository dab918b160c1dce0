package io.voxelflight.flight.http;

import io.javalin.http.Context;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The query parameters of a call: each known by name and given once, or the call is refused. */
public final class Parameters {
    private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]{1,19}");
    private static final int SHOWN = 60;

    private final Map<String, List<String>> values;

    private Parameters(Map<String, List<String>> values) {
        this.values = values;
    }

    /**
     * Reads them.
     *
     * @param known all that the path takes
     * @throws ServiceException INVALID_ARGUMENT naming what is unknown or given twice
     */
    public static Parameters of(Context context, String... known) {
        Map<String, List<String>> values = context.queryParamMap();
        List<String> names = List.of(known);
        values.forEach((name, given) -> {
            if (!names.contains(name)) {
                throw invalid("parameter '" + shorten(name) + "' is unknown, " + context.path() + " takes "
                        + (names.isEmpty() ? "none" : String.join(", ", names)));
            }
            if (given.size() != 1) {
                throw invalid("parameter '" + name + "' is given " + given.size() + " times");
            }
        });
        return new Parameters(values);
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).map(given -> given.get(0));
    }

    /** @throws ServiceException INVALID_ARGUMENT if it is missing */
    public String needed(String name) {
        return text(name).orElseThrow(() -> invalid("parameter '" + name + "' is missing"));
    }

    /** @throws ServiceException INVALID_ARGUMENT if it is missing, or no whole number of 64 bits */
    public long whole(String name) {
        return number(name, needed(name));
    }

    /** @throws ServiceException INVALID_ARGUMENT if it is no whole number of 64 bits */
    public long whole(String name, long otherwise) {
        return text(name).map(text -> number(name, text)).orElse(otherwise);
    }

    /** @throws ServiceException INVALID_ARGUMENT if it is no whole number from {@code least} to {@code most} */
    public int between(String name, int least, int most, int otherwise) {
        long number = whole(name, otherwise);
        if (number < least || number > most) {
            throw invalid("parameter '" + name + "' is " + number + ", use " + least + " to " + most);
        }
        return (int) number;
    }

    /** @throws ServiceException INVALID_ARGUMENT always: the value is not one that the parameter takes */
    public static ServiceException refused(String name, String value, String wanted) {
        return invalid("parameter '" + name + "' is '" + shorten(value) + "', " + wanted);
    }

    private static long number(String name, String text) {
        try {
            if (WHOLE.matcher(text).matches()) {
                return Long.parseLong(text);
            }
        } catch (NumberFormatException beyondLong) {
            // refused below
        }
        throw refused(name, text, "use a whole number of at most 64 bits");
    }

    private static ServiceException invalid(String message) {
        return new ServiceException(ErrorCode.INVALID_ARGUMENT, message);
    }

    private static String shorten(String text) {
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
    }
}
