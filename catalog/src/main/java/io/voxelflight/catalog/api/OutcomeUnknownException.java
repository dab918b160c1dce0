package io.voxelflight.catalog.api;

import io.voxelflight.model.ServiceException;

/** A failure after which a change may be there or not: ask before doing it again, or before undoing what belongs to it. */
public final class OutcomeUnknownException extends ServiceException {
    private static final long serialVersionUID = 1L;

    public OutcomeUnknownException(ServiceException failure) {
        super(failure.code(), failure.line(), failure);
    }
}
