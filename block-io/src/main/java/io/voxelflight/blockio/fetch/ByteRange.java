package io.voxelflight.blockio.fetch;

/** Which bytes of an object are wanted. */
public sealed interface ByteRange {
    /** All of them. */
    ByteRange WHOLE = new Whole();

    /** All bytes. */
    record Whole() implements ByteRange {}

    /** {@code length} bytes from byte {@code offset} on; an object that ends before is corrupt. */
    record Span(long offset, long length) implements ByteRange {
        public Span {
            if (offset < 0 || length < 0) {
                throw new IllegalArgumentException("bytes " + offset + " + " + length + " are no range");
            }
        }
    }

    /** The last {@code length} bytes; an object that has fewer is corrupt. */
    record Tail(long length) implements ByteRange {
        public Tail {
            if (length < 0) {
                throw new IllegalArgumentException("the last " + length + " bytes are no range");
            }
        }
    }
}
