package io.voxelflight.blockio.fetch;

import java.util.Optional;

/** Which bytes of an object are wanted. */
public sealed interface ByteRange {
    /** All of them. */
    ByteRange WHOLE = new Whole();

    /** Which bytes that is of an object of {@code objectBytes}; empty if the object has fewer. */
    Optional<Span> within(long objectBytes);

    /** What is asked for, in words: {@code 20 bytes from byte 5 on}. */
    String inWords();

    /** All bytes. */
    record Whole() implements ByteRange {
        @Override
        public Optional<Span> within(long objectBytes) {
            return Optional.of(new Span(0, objectBytes));
        }

        @Override
        public String inWords() {
            return "more";
        }
    }

    /** {@code length} bytes from byte {@code offset} on; an object that ends before is corrupt. */
    record Span(long offset, long length) implements ByteRange {
        public Span {
            if (offset < 0 || length < 0) {
                throw new IllegalArgumentException("bytes " + offset + " + " + length + " are no range");
            }
        }

        @Override
        public Optional<Span> within(long objectBytes) {
            return offset <= objectBytes - length ? Optional.of(this) : Optional.empty();
        }

        @Override
        public String inWords() {
            return length + " bytes from byte " + offset + " on";
        }
    }

    /** The last {@code length} bytes; an object that has fewer is corrupt. */
    record Tail(long length) implements ByteRange {
        public Tail {
            if (length < 0) {
                throw new IllegalArgumentException("the last " + length + " bytes are no range");
            }
        }

        @Override
        public Optional<Span> within(long objectBytes) {
            return length <= objectBytes ? Optional.of(new Span(objectBytes - length, length)) : Optional.empty();
        }

        @Override
        public String inWords() {
            return length + " bytes at its end";
        }
    }
}
