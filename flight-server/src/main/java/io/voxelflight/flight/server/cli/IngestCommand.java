package io.voxelflight.flight.server.cli;

import io.voxelflight.blockio.format.StorageLayout;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.flight.config.ByteSize;
import io.voxelflight.flight.config.Home;
import io.voxelflight.flight.server.Ingestion;
import io.voxelflight.flight.server.Installation;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VolumeKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "ingest",
        description = {
            "Makes a dataset of a volume: HDF5, TIFF (multi-page or a folder of slices), NIfTI-1, or NumPy.",
            "Rechunks it to OME-Zarr with a pyramid, computes statistics of every chunk, and publishes it all at once:"
                    + " until then nothing is seen, and after a failure nothing is left. Works with or without a running"
                    + " server. The source is only read."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  voxelflight ingest volume.h5 --name fib25 --dataset /volumes/raw --voxel-size 8,8,8",
            "  voxelflight ingest slices/ --name stack --modality FIB-SEM --tag cortex",
            "  voxelflight ingest segmentation.tif --name cells --kind labels"
        })
final class IngestCommand implements Callable<Integer> {
    private static final int MAX_ZSTD_LEVEL = 19;
    private static final int INTERRUPTED = 130;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Parameters(paramLabel = "SOURCE", description = "File, or folder of TIFF slices (read in natural order).")
    private Path source = Path.of("");

    @Option(names = "--name", required = true, paramLabel = "NAME", description = "Name of the new dataset.")
    private String name = "";

    @Option(
            names = "--dataset",
            paramLabel = "PATH",
            description = "Array inside an HDF5 file (default: the only one of three or more dimensions).")
    private @Nullable String dataset;

    @Option(
            names = "--axes",
            paramLabel = "LETTERS",
            description = "What the source's axes are, slowest first, such as zyx or czyx"
                    + " (default: as the file says, else by their number).")
    private @Nullable String axes;

    @Option(
            names = "--kind",
            paramLabel = "image|labels",
            description = "image: coarser levels are means; labels: the most frequent number"
                    + " (default: as the file says, else image).")
    private @Nullable VolumeKind kind;

    @Option(
            names = "--voxel-size",
            paramLabel = "Z,Y,X",
            description = "Edges of a voxel in nanometres (default: as the file says).")
    private @Nullable String voxelSize;

    @Option(names = "--modality", paramLabel = "TEXT", description = "How it was imaged, such as FIB-SEM.")
    private @Nullable String modality;

    @Option(names = "--tag", paramLabel = "WORD", description = "A word to find it by; may be given several times.")
    private List<String> tags = new ArrayList<>();

    @Option(
            names = "--chunk",
            paramLabel = "N|Z,Y,X",
            defaultValue = "128",
            description = "Sides of a stored chunk in voxels (default: ${DEFAULT-VALUE}).")
    private String chunk = "128";

    @Option(
            names = "--shard",
            paramLabel = "N|Z,Y,X",
            description = "Sides of a stored file in voxels, multiples of the chunk's"
                    + " (default: 512; with --zarr-format 2 each chunk is a file).")
    private @Nullable String shard;

    @Option(
            names = "--zarr-format",
            paramLabel = "2|3",
            defaultValue = "3",
            description =
                    "3: OME-Zarr 0.5; 2: OME-Zarr 0.4 without shards, for older readers (default: ${DEFAULT-VALUE}).")
    private int zarrFormat = 3;

    @Option(
            names = "--level",
            paramLabel = "N",
            defaultValue = "3",
            description = "Zstandard level of stored chunks, 1 to 19 (default: ${DEFAULT-VALUE}).")
    private int level = 3;

    @Option(names = "--workers", paramLabel = "N", description = "Threads (default: one for each core).")
    private int workers = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            defaultValue = "768MiB",
            converter = ByteSizeConverter.class,
            description = "Memory for voxels on their way (default: ${DEFAULT-VALUE}).")
    private ByteSize memory = ByteSize.parse("768MiB");

    @Override
    public Integer call() {
        Home home = common.home();
        Ingestion.Settings settings = settings();
        try (CancelOnSignal signal = new CancelOnSignal()) {
            try {
                common.out().println(ingest(home, settings, signal));
                return 0;
            } catch (ServiceException e) {
                if (e.code() != ErrorCode.CANCELLED || !signal.cancellation().isCancelled()) {
                    throw e;
                }
                Errors.print(common.err(), "ingestion of '" + name + "' was interrupted, nothing was published");
                return INTERRUPTED;
            }
        }
    }

    private String ingest(Home home, Ingestion.Settings settings, CancelOnSignal signal) {
        try (Ingestion ingestion = Ingestion.open(home, settings);
                Installation installation = Installation.open(home, System.getenv(), true)) {
            long start = System.nanoTime();
            Dataset made;
            try (ProgressLine progress = ProgressLine.onStandardError(common.err(), "ingest " + name)) {
                made = ingestion.run(installation, progress::update, signal.cancellation());
            }
            return summary(made, Duration.ofNanos(System.nanoTime() - start));
        }
    }

    static String summary(Dataset made, Duration time) {
        long bytes = made.levels().get(0).extent().voxels() * made.elementType().bytes();
        long stored = made.levels().stream().mapToLong(Level::storedBytes).sum();
        double seconds = time.toNanos() / 1e9;
        return String.format(
                Locale.ROOT,
                "ingested %s: %s %s, %s in %.1f s (%.0f MB/s), %d %s, %s stored",
                made.name(),
                DatasetJson.shapeText(made, made.levels().get(0).extent()),
                made.elementType().numpyName(),
                new ByteSize(bytes),
                seconds,
                bytes / seconds / 1e6,
                made.levels().size(),
                made.levels().size() == 1 ? "level" : "levels",
                new ByteSize(stored));
    }

    private Ingestion.Settings settings() {
        if (level < 1 || level > MAX_ZSTD_LEVEL) {
            throw wrong("--level " + level + " is not a Zstandard level: 1 to " + MAX_ZSTD_LEVEL);
        }
        if (workers < 1) {
            throw wrong("--workers " + workers + " is less than 1");
        }
        return new Ingestion.Settings(
                source,
                new DatasetName(name),
                dataset,
                axes == null ? null : VolumeOptions.axes(axes),
                kind,
                voxelSize == null ? null : VolumeOptions.voxelSize(voxelSize),
                modality,
                List.copyOf(tags),
                layout(),
                workers,
                memory.bytes());
    }

    private StorageLayout layout() {
        BlockShape chunks = sides("--chunk", chunk);
        return switch (zarrFormat) {
            case 2 -> {
                if (shard != null) {
                    throw wrong(
                            "--shard " + shard + " cannot be with --zarr-format 2, which stores each chunk as a file");
                }
                yield StorageLayout.chunkObjects(chunks, level);
            }
            case 3 ->
                StorageLayout.sharded(
                        chunks, shard == null ? StorageLayout.DEFAULT_SHARD : sides("--shard", shard), level);
            default -> throw wrong("--zarr-format " + zarrFormat + " is neither 2 nor 3");
        };
    }

    private static BlockShape sides(String option, String text) {
        String[] parts = text.split(",", -1);
        try {
            if (parts.length != 1 && parts.length != 3) {
                throw new IllegalArgumentException("it has " + parts.length + " sides");
            }
            int z = Integer.parseInt(parts[0].strip());
            return parts.length == 1
                    ? new BlockShape(z, z, z)
                    : new BlockShape(z, Integer.parseInt(parts[1].strip()), Integer.parseInt(parts[2].strip()));
        } catch (IllegalArgumentException e) {
            throw wrong(option + " '" + text + "' is neither one side nor three, such as 128 or 64,128,128");
        }
    }

    private static ServiceException wrong(String message) {
        return new ServiceException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
