package io.voxelflight.ingestion.source.nifti;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.ingestion.source.FirstBytes;
import io.voxelflight.ingestion.source.SourceDescription;
import io.voxelflight.ingestion.source.SourceFormat;
import io.voxelflight.ingestion.source.SourceOptions;
import io.voxelflight.ingestion.source.VolumeSource;
import io.voxelflight.ingestion.source.array.Boxes;
import io.voxelflight.ingestion.source.array.RawVolume;
import io.voxelflight.ingestion.source.array.SourceFile;
import io.voxelflight.ingestion.source.array.StoredShape;
import java.nio.file.Path;

/** NIfTI images: .nii as they lie, .nii.gz decompressed once into the scratch folder. */
public final class NiftiFormat implements SourceFormat {
    @Override
    public String name() {
        return "NIfTI";
    }

    @Override
    public boolean recognises(Path path) {
        FirstBytes first = FirstBytes.of(path);
        return NiftiHeader.recognises(
                GzipImage.isGzip(first.first(2)) ? GzipImage.head(path) : first.first(NiftiHeader.BYTES));
    }

    @Override
    public VolumeSource open(Path path, SourceOptions options) {
        SourceFile original = SourceFile.open(path);
        boolean zipped = GzipImage.isGzip(FirstBytes.of(path).first(2));
        try {
            byte[] head = zipped ? GzipImage.head(path) : FirstBytes.of(path).first(NiftiHeader.BYTES);
            NiftiHeader header = NiftiHeader.parse(head, original);
            StoredShape shape = StoredShape.of(path.toString(), header.lengths(), header.axes(), options.axes());
            if (zipped) {
                long bytes = header.dataPosition() + header.dataBytes(shape);
                GzipImage image = GzipImage.decompress(path, original, bytes, options.scratch());
                original.close();
                try {
                    return new GzipVolume(volume(image.open(), original.size(), header, shape), image);
                } catch (RuntimeException e) {
                    image.delete();
                    throw e;
                }
            }
            return volume(original, original.size(), header, shape);
        } catch (RuntimeException e) {
            original.close();
            throw e;
        }
    }

    private VolumeSource volume(SourceFile file, long sourceBytes, NiftiHeader header, StoredShape shape) {
        int bytes = header.stored().bytes();
        long[] strides = shape.canonical(StoredShape.columnMajor(header.lengths(), bytes), 0);
        file.requireInside(
                header.dataPosition(),
                header.dataBytes(shape),
                "the voxels (" + shape + " of " + header.stored().numpyName() + ")");
        ObjectNode metadata = header.metadata();
        metadata.put("axes", shape.letters());
        if (header.isScaled()) {
            metadata.put("stored_type", header.stored().numpyName());
            metadata.put("scl_slope", header.slope());
            metadata.put("scl_inter", header.intercept());
        }
        SourceDescription description = new SourceDescription(
                name(),
                shape.extent(),
                shape.canonicalAxes(),
                header.meant(),
                header.voxelSize(),
                null,
                Boxes.rawUnit(shape.extent(), strides, bytes),
                sourceBytes,
                metadata);
        return header.isScaled()
                ? new ScaledVolume(description, file, header, strides)
                : new RawVolume(description, file, header.dataPosition(), strides, header.bigEndian());
    }
}
