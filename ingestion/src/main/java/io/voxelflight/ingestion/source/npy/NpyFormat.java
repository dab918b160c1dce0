package io.voxelflight.ingestion.source.npy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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

/** NumPy .npy files of three to five dimensions, C and Fortran order, both byte orders. */
public final class NpyFormat implements SourceFormat {
    @Override
    public String name() {
        return "NumPy";
    }

    @Override
    public boolean recognises(Path path) {
        return FirstBytes.of(path).startsWith(NpyHeader.MAGIC);
    }

    @Override
    public VolumeSource open(Path path, SourceOptions options) {
        SourceFile file = SourceFile.open(path);
        try {
            NpyHeader header = NpyHeader.read(file);
            StoredShape shape = StoredShape.of(file.toString(), header.lengths(), null, options.axes());
            int bytes = header.type().bytes();
            long[] strides = shape.canonical(
                    header.fortran()
                            ? StoredShape.columnMajor(header.lengths(), bytes)
                            : StoredShape.rowMajor(header.lengths(), bytes),
                    0);
            ObjectNode metadata = JsonNodeFactory.instance.objectNode();
            metadata.put("order", header.fortran() ? "Fortran" : "C");
            metadata.put("axes", shape.letters());
            return new RawVolume(
                    new SourceDescription(
                            name(),
                            shape.extent(),
                            shape.canonicalAxes(),
                            header.type(),
                            null,
                            null,
                            Boxes.rawUnit(shape.extent(), strides, bytes),
                            file.size(),
                            metadata),
                    file,
                    header.dataPosition(),
                    strides,
                    header.bigEndian());
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }
}
