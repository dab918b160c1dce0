package io.voxelflight.flight.server.cli;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Random;

/**
 * A made-up volume for a demo without network: bright cells with darker nuclei in a noisy background, 192x224x256 uint8,
 * the same every time.
 */
final class GeneratedVolume {
    private static final int DEPTH = 192;
    private static final int HEIGHT = 224;
    private static final int WIDTH = 256;
    private static final int CELLS = 60;

    private record Cell(double z, double y, double x, double radius, double brightness) {}

    private GeneratedVolume() {}

    /** Writes the volume as a NumPy file, whole or not at all. */
    static void write(Path file) {
        Random random = new Random(20260101);
        Cell[] cells = new Cell[CELLS];
        for (int i = 0; i < CELLS; i++) {
            cells[i] = new Cell(
                    random.nextDouble() * DEPTH,
                    random.nextDouble() * HEIGHT,
                    random.nextDouble() * WIDTH,
                    10 + random.nextDouble() * 18,
                    90 + random.nextDouble() * 120);
        }
        try {
            Path fresh = Files.createTempFile(file.toAbsolutePath().getParent(), "generated", ".npy");
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(fresh), 1 << 16)) {
                out.write(header());
                byte[] row = new byte[WIDTH];
                for (int z = 0; z < DEPTH; z++) {
                    for (int y = 0; y < HEIGHT; y++) {
                        Cell[] near = near(cells, z, y);
                        for (int x = 0; x < WIDTH; x++) {
                            double value = brightness(near, z, y, x) + random.nextGaussian() * 7;
                            row[x] = (byte) Math.max(0, Math.min(255, Math.round(value)));
                        }
                        out.write(row);
                    }
                }
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new ServiceException(
                    ErrorCode.UNAVAILABLE, "the demo's volume " + file + " cannot be written: " + e, e);
        }
    }

    /** The cells that a row meets. */
    private static Cell[] near(Cell[] cells, int z, int y) {
        return Arrays.stream(cells)
                .filter(cell -> (z - cell.z) * (z - cell.z) + (y - cell.y) * (y - cell.y) < cell.radius * cell.radius)
                .toArray(Cell[]::new);
    }

    private static double brightness(Cell[] cells, int z, int y, int x) {
        double value = 24;
        for (Cell cell : cells) {
            double distance =
                    Math.sqrt((z - cell.z) * (z - cell.z) + (y - cell.y) * (y - cell.y) + (x - cell.x) * (x - cell.x))
                            / cell.radius;
            if (distance < 1) {
                double membrane = Math.exp(-(1 - distance) * (1 - distance) * 60);
                double nucleus = distance < 0.45 ? 0.45 : 0.75;
                value = Math.max(value, cell.brightness * Math.max(nucleus, membrane));
            }
        }
        return value;
    }

    /** NumPy format 1.0: magic, version, length and a Python dict, padded to a multiple of 64. */
    private static byte[] header() {
        String dict =
                "{'descr': '|u1', 'fortran_order': False, 'shape': (" + DEPTH + ", " + HEIGHT + ", " + WIDTH + "), }";
        int padding = 64 - (10 + dict.length() + 1) % 64;
        byte[] text = (dict + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] header = new byte[10 + text.length];
        byte[] magic = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length, (byte) (text.length >> 8)};
        System.arraycopy(magic, 0, header, 0, 10);
        System.arraycopy(text, 0, header, 10, text.length);
        return header;
    }
}
