package io.voxelflight.flight.server.cli;

import io.voxelflight.blockio.format.StorageLayout;
import io.voxelflight.catalog.postgres.server.PinnedWheel;
import io.voxelflight.flight.config.Home;
import io.voxelflight.flight.server.Ingestion;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VolumeKind;
import io.voxelflight.model.VoxelSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a demo shows.
 *
 * @param title for people
 * @param volumes the one to look at first; where there are three, the others are maps of grey and white matter
 * @param planes names of the slices across z, y and x
 * @param flip whether the first row of a slice belongs at the bottom, as in medical images
 */
record DemoVolumes(String title, List<Volume> volumes, List<String> planes, boolean flip) {
    private static final PinnedWheel NILEARN =
            new PinnedWheel("nilearn", "0.14.1", "725206484e9fb3f6691f9c2d20204a068759d5072f12055324702ee0cb2bbe8a");

    private static final String IN_WHEEL = "nilearn/datasets/data/mni_icbm152_";
    private static final String FILE_END = "_tal_nlin_sym_09a_converted.nii.gz";
    private static final VoxelSize MILLIMETRE = new VoxelSize(1e6, 1e6, 1e6);

    /** Small volumes in small chunks: there shall be something to choose from. */
    private static final int SMALL_CHUNK = 64;

    private static final int SMALL_SHARD = 256;
    private static final long SMALL_BYTES = 256L << 20;
    private static final int ZSTD_LEVEL = 3;
    private static final long MEMORY_BYTES = 768L << 20;

    /** One volume, and how to ingest it. */
    record Volume(Ingestion.Settings settings) {}

    /** The MNI152 head and its tissue maps, kept in the home; a generated volume if they cannot be fetched. */
    static DemoVolumes head(Home home, Consumer<String> say) {
        Path folder = home.root().resolve("nilearn-" + NILEARN.version());
        if (!Files.isDirectory(folder)) {
            say.accept("fetching the MNI152 head with pip (nilearn " + NILEARN.version() + ", 12 MB, once)");
        }
        try {
            NILEARN.unpackTo(folder, entry -> entry.startsWith(IN_WHEEL) || entry.contains("/licenses/"));
        } catch (ServiceException e) {
            say.accept(e.line());
            say.accept("going on without: with a generated volume instead of the head");
            return generated(home);
        }
        return new DemoVolumes(
                "The MNI152 head: an average of 152 people's MRI scans",
                List.of(
                        tissue(folder, "t1", "mni152-t1", VolumeKind.IMAGE),
                        tissue(folder, "gm", "mni152-grey-matter", VolumeKind.IMAGE),
                        tissue(folder, "wm", "mni152-white-matter", VolumeKind.IMAGE)),
                List.of("axial", "coronal", "sagittal"),
                true);
    }

    /** A volume of the user's. */
    static DemoVolumes of(Path source, @Nullable String dataset) {
        Path file = source.toAbsolutePath().normalize();
        Volume volume = volume(file, name(file), dataset, null, null, null, List.of("demo"), isSmall(file));
        return new DemoVolumes(
                String.valueOf(file.getFileName()), List.of(volume), List.of("slice", "slice", "slice"), false);
    }

    private static DemoVolumes generated(Home home) {
        Path file = home.root().resolve("generated.npy");
        if (!Files.exists(file)) {
            GeneratedVolume.write(file);
        }
        return new DemoVolumes(
                "A generated volume of cells (the MNI152 head could not be fetched)",
                List.of(volume(file, "generated", null, VolumeKind.IMAGE, null, "generated", List.of("demo"), true)),
                List.of("slice", "slice", "slice"),
                false);
    }

    private static Volume tissue(Path folder, String file, String name, VolumeKind kind) {
        return volume(
                folder.resolve(IN_WHEEL + file + FILE_END),
                name,
                null,
                kind,
                MILLIMETRE, // the files leave their unit open
                "MRI",
                List.of("demo", "human", "brain"),
                true);
    }

    private static Volume volume(
            Path file,
            String name,
            @Nullable String dataset,
            @Nullable VolumeKind kind,
            @Nullable VoxelSize voxelSize,
            @Nullable String modality,
            List<String> tags,
            boolean small) {
        int chunk = small ? SMALL_CHUNK : BlockShape.DEFAULT.z();
        int shard = small ? SMALL_SHARD : 4 * chunk;
        return new Volume(new Ingestion.Settings(
                file,
                new DatasetName(name),
                dataset,
                null,
                kind,
                voxelSize,
                modality,
                tags,
                StorageLayout.sharded(
                        new BlockShape(chunk, chunk, chunk), new BlockShape(shard, shard, shard), ZSTD_LEVEL),
                Runtime.getRuntime().availableProcessors(),
                MEMORY_BYTES));
    }

    private static boolean isSmall(Path source) {
        try {
            return Files.isRegularFile(source) && Files.size(source) < SMALL_BYTES;
        } catch (IOException e) {
            return false; // opening it says what is wrong with it
        }
    }

    /** The file's name without its ending, and with hyphens for what a dataset's name may not have. */
    private static String name(Path file) {
        String name =
                String.valueOf(file.getFileName()).replaceFirst("(?i)\\.(nii\\.gz|ome\\.tiff?|[a-z0-9]{1,5})$", "");
        String legal = name.replaceAll("[^A-Za-z0-9._-]", "-").replaceFirst("^[^A-Za-z0-9]+", "");
        return legal.isEmpty() ? "demo" : legal.substring(0, Math.min(legal.length(), 100));
    }
}
