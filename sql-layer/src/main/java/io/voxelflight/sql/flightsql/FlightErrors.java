package io.voxelflight.sql.flightsql;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.TryLaterException;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.ErrorFlightMetadata;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Failures as Flight statuses: the code's name and one line. */
final class FlightErrors {
    private static final Logger LOG = LoggerFactory.getLogger(FlightErrors.class);

    private FlightErrors() {}

    static FlightRuntimeException of(Throwable failure) {
        if (failure instanceof FlightRuntimeException flight) {
            return flight;
        }
        if (failure instanceof ServiceException known) {
            if (known.code() == ErrorCode.INTERNAL) {
                LOG.warn("a statement failed", failure);
            }
            CallStatus status = status(known.code()).withDescription(known.code() + ": " + known.line());
            if (known instanceof TryLaterException later) { // for programs too, as the block door says it
                ErrorFlightMetadata trailers = new ErrorFlightMetadata();
                long millis = Math.max(1, later.after().plusNanos(999_999).toMillis());
                trailers.insert("retry-after-ms", String.valueOf(millis));
                status = status.withMetadata(trailers);
            }
            return status.toRuntimeException();
        }
        LOG.error("a statement failed unexpectedly", failure);
        return CallStatus.INTERNAL
                .withDescription(ErrorCode.INTERNAL + ": an unexpected failure ("
                        + failure.getClass().getSimpleName() + "): see the server's log")
                .toRuntimeException();
    }

    /**
     * Why a statement cannot be prepared. ADBC for Python takes UNIMPLEMENTED here for a server that prepares nothing: it
     * goes on without and its user reads of an ingestion that nobody asked for.
     */
    static FlightRuntimeException ofPrepare(Throwable failure) {
        FlightRuntimeException status = of(failure);
        return status.status().code() == FlightStatusCode.UNIMPLEMENTED
                ? CallStatus.INVALID_ARGUMENT
                        .withDescription(status.status().description())
                        .toRuntimeException()
                : status;
    }

    static FlightRuntimeException readOnly(String what) {
        return of(new ServiceException(
                ErrorCode.UNSUPPORTED, what + " is not supported: this server is read-only, send a SELECT"));
    }

    private static CallStatus status(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT -> CallStatus.INVALID_ARGUMENT;
            case NOT_FOUND -> CallStatus.NOT_FOUND;
            case ALREADY_EXISTS -> CallStatus.ALREADY_EXISTS;
            case UNSUPPORTED -> CallStatus.UNIMPLEMENTED;
            case UNAUTHENTICATED -> CallStatus.UNAUTHENTICATED;
            case PERMISSION_DENIED -> CallStatus.UNAUTHORIZED;
            case RESOURCE_EXHAUSTED -> CallStatus.RESOURCE_EXHAUSTED;
            case UNAVAILABLE -> CallStatus.UNAVAILABLE;
            case TIMED_OUT -> CallStatus.TIMED_OUT;
            case CANCELLED -> CallStatus.CANCELLED;
            case CORRUPT_DATA, INTERNAL -> CallStatus.INTERNAL;
        };
    }
}
