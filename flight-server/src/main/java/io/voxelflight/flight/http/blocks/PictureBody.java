package io.voxelflight.flight.http.blocks;

import io.voxelflight.flight.http.answer.Body;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A picture, encoded by the thread that sends it. */
final class PictureBody implements Body {
    private final Picture picture;
    private final ByteBuffer voxels;
    private final Runnable release;
    private boolean made;

    /** @param release run once when the voxels are no longer needed */
    PictureBody(Picture picture, ByteBuffer voxels, Runnable release) {
        this.picture = picture;
        this.voxels = voxels;
        this.release = release;
    }

    @Override
    public @Nullable ByteBuffer next() {
        if (made) {
            return null;
        }
        made = true;
        return picture.encode(voxels);
    }

    @Override
    public void close() {
        release.run();
    }
}
