package io.voxelflight.flight.server.cli;

import io.voxelflight.blockio.assemble.ChunkCache;
import io.voxelflight.blockio.assemble.ReadLimits;
import io.voxelflight.blockio.assemble.StoredVolumeOpener;
import io.voxelflight.blockio.fetch.StoreSettings;
import io.voxelflight.blockio.fetch.Stores;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.flight.server.Installation;
import io.voxelflight.flight.server.Registration;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VolumeKind;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "register",
        description = {
            "Serves a volume where it lies, without a copy: OME-Zarr, Zarr v2 and v3, N5, or Neuroglancer precomputed.",
            "Looks at its metadata, reads one block of it, and puts it into the catalog. Clients get blocks of 128x128x128"
                    + " voxels, however it is chunked. Its files are only read, by 'remove' too. A running server serves it"
                    + " at once; what changes in the volume afterwards may or may not be seen: register it anew."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  voxelflight register /data/em.zarr --name em",
            "  voxelflight register /data/volumes.n5 --dataset em/raw --name em --voxel-size 8,4,4",
            "  voxelflight register 's3://bucket/em.zarr?anonymous=true' --name em",
            "  voxelflight register /data/plate.zarr --name screen --all"
        })
final class RegisterCommand implements Callable<Integer> {
    /** For the voxels of the block that is read, and the chunk it comes from. */
    private static final long MEMORY_BYTES = 2L << 30;

    private static final long CACHE_BYTES = 16 << 20;
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Parameters(
            paramLabel = "URI",
            description = "Where the volume lies: a folder, or file:, http:, https:, s3: or gs: and the place.")
    private String place = "";

    @Option(names = "--name", required = true, paramLabel = "NAME", description = "Name of the new dataset.")
    private String name = "";

    @Option(
            names = "--dataset",
            paramLabel = "PATH",
            description = "The volume of that path below URI, where several lie there.")
    private @Nullable String dataset;

    @Option(
            names = "--all",
            description =
                    "Register every volume that lies there (fields of a plate, series, N5 datasets), each as NAME-PATH"
                            + " with '-' for '/': all of them or, if one cannot be read, none.")
    private boolean all;

    @Option(
            names = "--axes",
            paramLabel = "LETTERS",
            description = "What the stored axes are, slowest first, such as zyx or czyx"
                    + " (default: as the volume says, else by their number).")
    private @Nullable String axes;

    @Option(
            names = "--kind",
            paramLabel = "image|labels",
            description = "What the voxels mean (default: as the volume says, else image).")
    private @Nullable VolumeKind kind;

    @Option(
            names = "--voxel-size",
            paramLabel = "Z,Y,X",
            description = "Edges of a voxel of the finest level in nanometres (default: as the volume says).")
    private @Nullable String voxelSize;

    @Option(names = "--modality", paramLabel = "TEXT", description = "How it was imaged, such as FIB-SEM.")
    private @Nullable String modality;

    @Option(names = "--tag", paramLabel = "WORD", description = "A word to find it by; may be given several times.")
    private List<String> tags = new ArrayList<>();

    @Override
    public Integer call() {
        Registration.Settings settings = settings();
        try (Stores stores = new Stores();
                BufferAllocator allocator = new RootAllocator(MEMORY_BYTES);
                ChunkCache cache = new ChunkCache(allocator, CACHE_BYTES)) {
            StoredVolumeOpener opener = new StoredVolumeOpener(
                    allocator,
                    cache,
                    ReadLimits.DEFAULT,
                    null,
                    location -> stores.open(location, StoreSettings.DEFAULT));
            List<Dataset> datasets = new Registration(settings, opener, allocator).inspect();
            try (Installation installation = Installation.open(common.home(), System.getenv(), true)) {
                Registration.publish(datasets, installation.datasets(), installation.publisher());
            }
            datasets.forEach(made -> common.out().println(summary(made)));
        }
        return 0;
    }

    private static String summary(Dataset made) {
        int levels = made.levels().size();
        return "registered " + made.name() + ": "
                + DatasetJson.shapeText(made, made.levels().get(0).extent()) + " (" + made.axes() + ") "
                + made.elementType().numpyName() + ", " + levels + (levels == 1 ? " level, " : " levels, ")
                + made.attrs().path("source").path("format").asText() + " " + DatasetJson.storedText(made);
    }

    private Registration.Settings settings() {
        URI location = location(place);
        return new Registration.Settings(
                dataset == null ? location : Registration.below(location, dataset),
                new DatasetName(name),
                all,
                axes == null ? null : VolumeOptions.axes(axes),
                kind,
                voxelSize == null ? null : VolumeOptions.voxelSize(voxelSize),
                modality,
                List.copyOf(tags));
    }

    /** A URI, or a path of this machine. */
    static URI location(String text) {
        try {
            if (SCHEME.matcher(text).matches() && !Files.exists(Path.of(text))) {
                URI uri = new URI(text);
                if (uri.getUserInfo() != null) {
                    throw wrong(
                            "'" + uri.getScheme() + "://...@...' has a user or password in it, which would be kept in"
                                    + " the catalog: leave it out");
                }
                return uri.getScheme().equals("file") ? local(Path.of(uri)) : uri;
            }
            return local(Path.of(text));
        } catch (URISyntaxException | InvalidPathException | java.nio.file.FileSystemNotFoundException e) {
            throw wrong("'" + text + "' is neither a URI nor a path: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw wrong("'" + text + "' is no place of this machine: " + e.getMessage());
        }
    }

    private static URI local(Path path) {
        Path whole = path.toAbsolutePath().normalize();
        if (Files.notExists(whole)) {
            throw new ServiceException(ErrorCode.NOT_FOUND, whole + " does not exist");
        }
        if (!Files.isDirectory(whole)) {
            throw wrong(
                    whole + " is a file: a volume that is served in place is a folder, of a file 'voxelflight ingest'"
                            + " makes a dataset");
        }
        String uri = whole.toUri().toString();
        return URI.create(
                uri.endsWith("/") && uri.length() > "file:///".length() ? uri.substring(0, uri.length() - 1) : uri);
    }

    private static ServiceException wrong(String message) {
        return new ServiceException(ErrorCode.INVALID_ARGUMENT, message);
    }
}
