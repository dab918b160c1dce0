package io.voxelflight.model;

/** Why a request failed: a stable name, and whose concern it is. Mapped once to Flight status, HTTP status and exit code. */
public enum ErrorCode {
    /** A request that is malformed or asks for something impossible. */
    INVALID_ARGUMENT(Blame.USER),
    /** No dataset, level, file or array of that name. */
    NOT_FOUND(Blame.USER),
    /** The name is taken. */
    ALREADY_EXISTS(Blame.USER),
    /** Well formed, but a feature, format, codec or type that is not there. */
    UNSUPPORTED(Blame.USER),
    /** A file or stored chunk whose bytes are not what its format says: truncated, corrupt, contradictory. */
    CORRUPT_DATA(Blame.USER),
    /** A ticket or credential that is missing, forged or too old. */
    UNAUTHENTICATED(Blame.USER),
    /** A known caller that may not do this. */
    PERMISSION_DENIED(Blame.USER),
    /** A named limit is reached: memory, streams, rows, disk. */
    RESOURCE_EXHAUSTED(Blame.RESOURCES),
    /** Something that this service needs does not answer: the database, a store, a port. May go through later. */
    UNAVAILABLE(Blame.RESOURCES),
    /** It took longer than it may. */
    TIMED_OUT(Blame.RESOURCES),
    /** The caller went away or asked to stop. */
    CANCELLED(Blame.USER),
    /** A fault of ours. */
    INTERNAL(Blame.INTERNAL);

    /** Whose concern an error is: a wrong call or input, a fault of ours, or a lack of something. */
    public enum Blame {
        USER,
        INTERNAL,
        RESOURCES
    }

    private final Blame blame;

    ErrorCode(Blame blame) {
        this.blame = blame;
    }

    public Blame blame() {
        return blame;
    }
}
