package io.voxelflight.sql.translate;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.sql.catalogue.Catalogue;
import io.voxelflight.sql.catalogue.Table;
import io.voxelflight.sql.parse.ParsedStatement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.calcite.runtime.CalciteContextException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The validator's complaints in our words: what, where, what to do. */
final class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
    private static final Pattern NO_FUNCTION = Pattern.compile("No match found for function signature ([^(]+)\\(.*");
    private static final Pattern NO_COLUMN = Pattern.compile("Column '(.*)' not found in .*");
    private static final Pattern NO_TABLE = Pattern.compile("Object '([^']*)' not found.*");
    private static final int LONGEST = 300;

    private final Catalogue catalogue;

    Refusals(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    ServiceException of(Throwable failure, ParsedStatement parsed) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ServiceException known) {
                return known;
            }
            if (cause instanceof CalciteContextException context) {
                return of(context, parsed);
            }
        }
        LOG.info("a statement that the validator does not get through", failure);
        return new ServiceException(
                ErrorCode.UNSUPPORTED,
                "the statement uses something that is not supported (" + line(failure)
                        + "): see the dialect in docs/sql.md",
                failure);
    }

    private ServiceException of(CalciteContextException failure, ParsedStatement parsed) {
        String place = parsed.place(failure.getPosLine(), failure.getPosColumn());
        String reason = line(failure.getCause() == null ? failure : failure.getCause());
        Matcher function = NO_FUNCTION.matcher(reason);
        if (function.matches()) {
            return new ServiceException(
                    ErrorCode.UNSUPPORTED,
                    "there is no function '" + function.group(1) + "' for these arguments (" + place
                            + "): see the functions in docs/sql.md",
                    failure);
        }
        Matcher table = NO_TABLE.matcher(reason);
        if (table.matches()) {
            return new ServiceException(
                    ErrorCode.NOT_FOUND,
                    "there is no table '" + table.group(1) + "' (" + place + "): the tables are "
                            + catalogue.tables().stream().map(Table::name).collect(Collectors.joining(", ")),
                    failure);
        }
        Matcher column = NO_COLUMN.matcher(reason);
        if (column.matches()) {
            return new ServiceException(
                    ErrorCode.NOT_FOUND,
                    "there is no column '" + column.group(1) + "' (" + place + "): docs/sql.md lists each table's",
                    failure);
        }
        if (reason.contains("Illegal use of dynamic parameter")) {
            return new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the type of the parameter at " + place + " is not known: write CAST(? AS type)",
                    failure);
        }
        return new ServiceException(ErrorCode.INVALID_ARGUMENT, place + ": " + reason, failure);
    }

    private static String line(Throwable failure) {
        String message =
                String.valueOf(failure.getMessage()).replaceAll("\\s+", " ").strip();
        if (failure.getMessage() == null) {
            message = failure.getClass().getSimpleName();
        }
        return message.length() <= LONGEST ? message : message.substring(0, LONGEST) + " ...";
    }
}
