package io.voxelflight.ingestion.source;

import io.voxelflight.ingestion.source.hdf5.Hdf5Format;
import io.voxelflight.ingestion.source.nifti.NiftiFormat;
import io.voxelflight.ingestion.source.npy.NpyFormat;
import io.voxelflight.ingestion.source.tiff.TiffFolderFormat;
import io.voxelflight.ingestion.source.tiff.TiffFormat;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The formats that can be ingested: recognises a file or folder by its content and opens it. */
public final class Sources {
    private static final List<SourceFormat> FORMATS =
            List.of(new Hdf5Format(), new TiffFormat(), new TiffFolderFormat(), new NiftiFormat(), new NpyFormat());

    private Sources() {}

    /**
     * Opens a volume.
     *
     * @throws ServiceException NOT_FOUND if there is nothing at {@code path}; UNSUPPORTED if it is none of the formats,
     *     saying what was found; else what the format says
     */
    public static VolumeSource open(Path path, SourceOptions options) {
        if (!Files.exists(path)) {
            throw new ServiceException(ErrorCode.NOT_FOUND, "there is no file or folder " + path);
        }
        if (!Files.isReadable(path)) {
            throw new ServiceException(ErrorCode.PERMISSION_DENIED, path + " may not be read: check its permissions");
        }
        for (SourceFormat format : FORMATS) {
            if (format.recognises(path)) {
                return format.open(path, options);
            }
        }
        throw new ServiceException(
                ErrorCode.UNSUPPORTED,
                path + " is " + Guess.what(path) + "; what can be ingested: "
                        + FORMATS.stream().map(SourceFormat::name).collect(Collectors.joining(", ")));
    }
}
