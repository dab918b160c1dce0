package io.voxelflight.ingestion.source;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The beginning of a file, by which its format is recognised. Empty for a folder. */
public final class FirstBytes {
    private static final int COUNT = 560;

    private final byte[] bytes;

    private FirstBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    public static FirstBytes of(Path path) {
        if (!Files.isRegularFile(path)) {
            return new FirstBytes(new byte[0]);
        }
        try (InputStream in = Files.newInputStream(path)) {
            return new FirstBytes(in.readNBytes(COUNT));
        } catch (IOException e) {
            throw new ServiceException(ErrorCode.UNAVAILABLE, path + " cannot be read: " + e.getMessage(), e);
        }
    }

    public boolean startsWith(byte[] magic) {
        return hasAt(0, magic);
    }

    public boolean hasAt(int position, byte[] magic) {
        return bytes.length >= position + magic.length
                && Arrays.equals(bytes, position, position + magic.length, magic, 0, magic.length);
    }

    boolean hasAt(int position, String magic) {
        return hasAt(position, magic.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The first bytes; fewer if the file is shorter. */
    public byte[] first(int count) {
        return Arrays.copyOf(bytes, Math.min(count, bytes.length));
    }

    public int length() {
        return bytes.length;
    }

    /** For messages: the first eight bytes in hexadecimal. */
    String hex() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(8, bytes.length); i++) {
            text.append(i == 0 ? "" : " ").append(String.format("%02x", bytes[i]));
        }
        return text.toString();
    }
}
