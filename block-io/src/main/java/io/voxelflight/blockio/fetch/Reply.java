package io.voxelflight.blockio.fetch;

/** What a store says before the body: which bytes follow. */
sealed interface Reply {
    /** Of a size or an encoding that the store does not tell. */
    long UNKNOWN = -1;

    /** There is no such object. */
    record Missing() implements Reply {}

    /** The object ends before the range begins. */
    record Beyond(long objectBytes) implements Reply {}

    /**
     * Bytes of the object follow.
     *
     * @param offset of the first of them in the object
     * @param length how many; {@link #UNKNOWN} if all that come
     * @param objectBytes all there are; {@link #UNKNOWN}
     * @param gzipped the object is compressed on its way: undone before anything else is done
     */
    record Bytes(long offset, long length, long objectBytes, boolean gzipped) implements Reply {
        boolean whole() {
            return offset == 0 && length == objectBytes;
        }
    }
}
