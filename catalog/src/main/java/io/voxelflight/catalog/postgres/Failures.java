package io.voxelflight.catalog.postgres;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.sql.SQLException;
import java.sql.SQLTransientException;

/** What a database error means for the caller. */
final class Failures {
    static final String UNIQUE_VIOLATION = "23505";
    static final String LOCK_TIMEOUT = "55P03";

    private Failures() {}

    static ServiceException of(String attempt, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        boolean gone = e instanceof SQLTransientException
                || state.startsWith("08")
                || state.startsWith("57P")
                || state.startsWith("53")
                || state.equals(LOCK_TIMEOUT);
        String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
        return new ServiceException(
                gone ? ErrorCode.UNAVAILABLE : ErrorCode.INTERNAL,
                attempt + " failed, the database " + (gone ? "does not answer: " : "refused it: ") + reason,
                e);
    }
}
