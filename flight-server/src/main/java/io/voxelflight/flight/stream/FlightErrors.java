package io.voxelflight.flight.stream;

import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.TryLaterException;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.ErrorFlightMetadata;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.memory.OutOfMemoryException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says to Flight clients why a call failed: a status by the error's code, and {@code CODE: message}. */
public final class FlightErrors {
    private static final Logger log = LoggerFactory.getLogger(FlightErrors.class);

    /** Messages travel in HTTP/2 headers, which clients bound to 8 KiB. */
    private static final int LONGEST_MESSAGE = 2000;

    /** The trailer that says after how many milliseconds a request over its rate goes through. */
    private static final String RETRY_AFTER = "retry-after-ms";

    private FlightErrors() {}

    /** What the client is told. Faults of ours are logged with their trace. */
    public static FlightRuntimeException of(Throwable failure) {
        if (failure instanceof FlightRuntimeException already) {
            return already;
        }
        if (failure instanceof StatusRuntimeException || failure instanceof StatusException) {
            return org.apache.arrow.flight.grpc.StatusUtils.fromThrowable(failure);
        }
        if (failure instanceof ServiceException known) {
            if (known.code() == ErrorCode.INTERNAL) {
                log.error("a call failed by a fault of this server", known);
            }
            return known instanceof TryLaterException later
                    ? tryLater(later)
                    : status(known.code(), known.line(), known);
        }
        if (failure instanceof OutOfMemoryException) {
            return status(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    "the memory for streams is used up, try again later: " + failure.getMessage(),
                    failure);
        }
        log.error("a call failed by a fault of this server", failure);
        return status(ErrorCode.INTERNAL, "the server failed: " + failure, failure);
    }

    /** The time to wait is in the text, and for programs in a trailer. */
    private static FlightRuntimeException tryLater(TryLaterException later) {
        ErrorFlightMetadata trailers = new ErrorFlightMetadata();
        long millis = Math.max(1, later.after().plusNanos(999_999).toMillis());
        trailers.insert(RETRY_AFTER, String.valueOf(millis));
        return status(later.code(), later.line(), later)
                .status()
                .withMetadata(trailers)
                .toRuntimeException();
    }

    private static FlightRuntimeException status(ErrorCode code, String line, Throwable cause) {
        String message = code.name() + ": " + line;
        if (message.length() > LONGEST_MESSAGE) {
            message = message.substring(0, LONGEST_MESSAGE) + "...";
        }
        return new CallStatus(statusCode(code))
                .withDescription(message)
                .withCause(cause)
                .toRuntimeException();
    }

    private static FlightStatusCode statusCode(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT -> FlightStatusCode.INVALID_ARGUMENT;
            case NOT_FOUND -> FlightStatusCode.NOT_FOUND;
            case ALREADY_EXISTS -> FlightStatusCode.ALREADY_EXISTS;
            case UNSUPPORTED -> FlightStatusCode.UNIMPLEMENTED;
            case UNAUTHENTICATED -> FlightStatusCode.UNAUTHENTICATED;
            case PERMISSION_DENIED -> FlightStatusCode.UNAUTHORIZED;
            case RESOURCE_EXHAUSTED -> FlightStatusCode.RESOURCE_EXHAUSTED;
            case UNAVAILABLE -> FlightStatusCode.UNAVAILABLE;
            case TIMED_OUT -> FlightStatusCode.TIMED_OUT;
            case CANCELLED -> FlightStatusCode.CANCELLED;
            case CORRUPT_DATA, INTERNAL -> FlightStatusCode.INTERNAL;
        };
    }
}
