package io.voxelflight.blockio.encode;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.nio.file.Path;

/** What a failed write to a file or folder means for people: a full disk is named as such. */
public final class WriteFailures {
    private WriteFailures() {}

    /** RESOURCE_EXHAUSTED if the disk is full, else UNAVAILABLE. */
    public static ServiceException of(Path path, IOException cause) {
        String reason = String.valueOf(cause.getMessage());
        boolean full = reason.contains("No space left") || reason.contains("quota exceeded");
        return new ServiceException(
                full ? ErrorCode.RESOURCE_EXHAUSTED : ErrorCode.UNAVAILABLE,
                full
                        ? "the disk is full: " + path + " cannot be written, make room and run the command again"
                        : path + " cannot be written: " + cause,
                cause);
    }
}
