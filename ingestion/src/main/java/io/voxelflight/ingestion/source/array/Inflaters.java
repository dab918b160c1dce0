package io.voxelflight.ingestion.source.array;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Inflaters kept for the next unit: making one takes tens of kilobytes. */
public final class Inflaters implements AutoCloseable {
    private final ConcurrentLinkedDeque<Inflater> free = new ConcurrentLinkedDeque<>();
    private volatile boolean closed;

    /**
     * Inflates a zlib stream of known greatest size.
     *
     * @param in all bytes of the stream; some may follow it
     * @param out filled from its position on, at most to its limit
     * @param cut whether more output than {@code out} takes is dropped instead of refused
     * @throws io.voxelflight.model.ServiceException CORRUPT_DATA naming {@code what} if the stream is damaged, ends early
     *     or gives more than {@code out} takes
     */
    public void inflate(ByteBuffer in, ByteBuffer out, boolean cut, SourceFile file, String what) {
        Inflater known = free.poll();
        Inflater inflater = known == null ? new Inflater() : known;
        try {
            inflater.setInput(in);
            while (!inflater.finished() && out.hasRemaining()) {
                int count = inflater.inflate(out);
                if (count == 0 && !inflater.finished()) {
                    if (inflater.needsDictionary()) {
                        throw file.corrupt(what + " is deflated with a dictionary, which is not known");
                    }
                    throw file.corrupt(what + " has a deflate stream that ends after " + inflater.getBytesWritten()
                            + " bytes of output");
                }
            }
            if (!inflater.finished()) { // the stream's checksum may still be unread though all output is there
                ByteBuffer more = ByteBuffer.allocate(1);
                int count = inflater.inflate(more);
                if (count > 0 && !cut) {
                    throw file.corrupt(what + " inflates to more than " + (inflater.getBytesWritten() - 1) + " bytes");
                }
                if (count == 0 && !inflater.finished()) {
                    throw file.corrupt(what + " has a deflate stream without an end");
                }
            }
        } catch (DataFormatException e) {
            throw file.corrupt(what + " has a damaged deflate stream: " + e.getMessage());
        } finally {
            if (closed) {
                inflater.end();
            } else {
                inflater.reset();
                free.push(inflater);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Inflater inflater = free.poll(); inflater != null; inflater = free.poll()) {
            inflater.end();
        }
    }
}
