package io.voxelflight.model;

import org.jspecify.annotations.Nullable;

/** A failure with a code and one line for people: what happened, with which value, where, and what to do. */
public class ServiceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public ServiceException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public ServiceException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }

    /** The message; never null for this class. */
    public String line() {
        String message = getMessage();
        return message == null ? code.name() : message;
    }
}
