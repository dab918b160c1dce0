package io.voxelflight.flight.http;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;

/** A failure for which HTTP has a status of its own, finer than our codes have. */
public final class HttpFailure extends ServiceException {
    private static final long serialVersionUID = 1L;

    private final int status;

    public HttpFailure(int status, ErrorCode code, String message) {
        super(code, message);
        this.status = status;
    }

    /** 406: none of the forms that the client takes can be made. */
    public static HttpFailure notAcceptable(String message) {
        return new HttpFailure(406, ErrorCode.UNSUPPORTED, message);
    }

    /** 413: more than this server takes or gives at once. */
    public static HttpFailure tooLarge(String message) {
        return new HttpFailure(413, ErrorCode.RESOURCE_EXHAUSTED, message);
    }

    /** 415: a body of a type that is not read. */
    public static HttpFailure unsupportedType(String message) {
        return new HttpFailure(415, ErrorCode.UNSUPPORTED, message);
    }

    int status() {
        return status;
    }
}
