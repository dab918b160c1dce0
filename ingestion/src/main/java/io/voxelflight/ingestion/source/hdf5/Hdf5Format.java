package io.voxelflight.ingestion.source.hdf5;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jhdf.AbstractNode;
import io.jhdf.HdfFile;
import io.jhdf.ObjectHeader;
import io.jhdf.api.Dataset;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.dataset.CompactDataset;
import io.jhdf.exceptions.HdfException;
import io.jhdf.object.message.DataLayoutMessage.ContiguousDataLayoutMessage;
import io.jhdf.object.message.FillValueMessage;
import io.jhdf.object.message.FillValueOldMessage;
import io.jhdf.object.message.FilterPipelineMessage;
import io.jhdf.storage.HdfBackingStorage;
import io.voxelflight.ingestion.source.FirstBytes;
import io.voxelflight.ingestion.source.SourceDescription;
import io.voxelflight.ingestion.source.SourceFormat;
import io.voxelflight.ingestion.source.SourceOptions;
import io.voxelflight.ingestion.source.VolumeSource;
import io.voxelflight.ingestion.source.array.Boxes;
import io.voxelflight.ingestion.source.array.ChunkedVolume;
import io.voxelflight.ingestion.source.array.RawReader;
import io.voxelflight.ingestion.source.array.RawVolume;
import io.voxelflight.ingestion.source.array.Scratch;
import io.voxelflight.ingestion.source.array.SourceFile;
import io.voxelflight.ingestion.source.array.StoredShape;
import io.voxelflight.ingestion.source.array.Swap;
import io.voxelflight.ingestion.source.array.Units;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.ServiceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * HDF5: chunked (gzip, shuffle, fletcher32, lzf), contiguous and compact datasets of integers and IEEE floats.
 *
 * <p>The file is open to jHDF only while it is opened; afterwards its chunk table is all that is kept.
 */
public final class Hdf5Format implements SourceFormat {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    private static final long UNDEFINED = -1;
    /** How jHDF speaks of messages of newer HDF5 libraries. */
    private static final Pattern NEWER = Pattern.compile("(?i)(unrecognized|unsupported) .*version");

    @Override
    public String name() {
        return "HDF5";
    }

    @Override
    public boolean recognises(Path path) {
        FirstBytes first = FirstBytes.of(path);
        return first.startsWith(SIGNATURE) || first.hasAt(512, SIGNATURE);
    }

    @Override
    public VolumeSource open(Path path, SourceOptions options) {
        SourceFile file = SourceFile.open(path);
        try (HdfFile hdf = new HdfFile(path)) {
            return open(file, hdf, options);
        } catch (HdfException | IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException e) {
            file.close();
            throw translate(file, e);
        } catch (OutOfMemoryError | StackOverflowError e) {
            file.close(); // a damaged length or a loop: jHDF allocates and descends before it checks
            throw file.corrupt("its headers make no sense (" + e.getClass().getSimpleName() + "): the file is damaged");
        } catch (RuntimeException e) {
            file.close();
            throw e instanceof ServiceException ? e : translate(file, e);
        }
    }

    private static RuntimeException translate(SourceFile file, RuntimeException e) {
        String reason = Hdf5Tree.reason(e);
        return Hdf5Tree.isUnsupported(e) || NEWER.matcher(reason).find()
                ? file.unsupported(
                        reason + ": repack it in an older format (h5repack --high=v110, or libver='earliest')")
                : file.corrupt("it cannot be read as HDF5: " + reason);
    }

    private VolumeSource open(SourceFile file, HdfFile hdf, SourceOptions options) {
        HdfBackingStorage storage = hdf.getHdfBackingStorage();
        long end = storage.getSuperblock().getEndOfFileAddress();
        if (end > file.size()) {
            throw file.corrupt("it should have " + end + " bytes but has " + file.size() + ": it is truncated");
        }
        Dataset dataset = new Hdf5Tree(file, hdf).find(options.dataset());
        String name = dataset.getPath();
        Hdf5Type type = Hdf5Type.of(dataset.getDataType());
        if (type == null) {
            throw file.unsupported("dataset " + name + " holds " + Hdf5Type.describe(dataset.getDataType())
                    + ", not integers of 8 to 64 bits or IEEE floats of 16 to 64");
        }
        Attributes attributes = new Attributes(dataset);
        long[] lengths = Arrays.stream(dataset.getDimensions()).asLongStream().toArray();
        StoredShape shape = StoredShape.of(
                "dataset " + name + " of " + file,
                lengths,
                attributes.axes() != null && attributes.axes().size() == lengths.length ? attributes.axes() : null,
                options.axes());
        int bytes = type.element().bytes();

        ObjectNode metadata = JsonNodeFactory.instance.objectNode();
        metadata.put("dataset", name);
        metadata.put("axes", shape.letters());
        if (attributes.voxelSizeFrom() != null) {
            metadata.put("voxel_size_from", attributes.voxelSizeFrom());
        }
        if (!attributes.json().isEmpty()) {
            metadata.set("attributes", attributes.json());
        }

        if (dataset instanceof ContiguousDataset contiguous && contiguous.getDataAddress() != UNDEFINED) {
            metadata.put("layout", "contiguous");
            long reserved = ((AbstractNode) dataset)
                    .getHeader()
                    .getMessageOfType(ContiguousDataLayoutMessage.class)
                    .getSize();
            if (reserved >= 0 && reserved < shape.extent().voxels() * bytes) {
                throw file.corrupt("dataset " + name + " of " + shape + " "
                        + type.element().numpyName() + " needs "
                        + shape.extent().voxels() * bytes + " bytes, but its header reserves " + reserved);
            }
            long[] strides = shape.canonical(StoredShape.rowMajor(lengths, bytes), 0);
            return new RawVolume(
                    describe(file, shape, type, attributes, Boxes.rawUnit(shape.extent(), strides, bytes), metadata),
                    file,
                    contiguous.getDataAddress() + storage.getUserBlockSize(),
                    strides,
                    type.bigEndian());
        }

        ObjectHeader header = ((AbstractNode) dataset).getHeader();
        byte[] fill = fillValue(file, name, header, type);
        Scratch scratch = new Scratch();
        long[] unit;
        Units units;
        if (dataset instanceof ChunkedDataset chunked) {
            unit = Arrays.stream(chunked.getChunkDimensions()).asLongStream().toArray();
            for (long side : unit) {
                if (unit.length != lengths.length || side < 1) {
                    throw file.corrupt(
                            "dataset " + name + " of " + shape + " has chunks of " + StoredShape.shape(unit));
                }
            }
            int unitBytes = (int) ChunkedVolume.unitBytes("a chunk of dataset " + name + " of " + file, unit, bytes);
            Filters filters = new Filters(file, name, filters(header), unitBytes, scratch);
            ChunkIndex index = new ChunkIndex(file, name, lengths, unit, unitBytes, filters);
            ChunkTable table = index.read(dataset, storage);
            metadata.put("layout", "chunked");
            metadata.put("chunk", StoredShape.shape(unit));
            metadata.put("chunks_stored", table.count());
            units = new ChunkUnits(file, name, index.grid(), table, filters, bytes, type.bigEndian(), scratch);
        } else if (dataset instanceof ContiguousDataset) {
            metadata.put("layout", "nothing stored");
            unit = lengths.clone();
            while (tooLarge(unit, bytes)) { // nothing will be decoded: any unit will do
                halveLongest(unit);
            }
            units = new OneUnit(file, null);
        } else {
            metadata.put("layout", "compact");
            unit = lengths.clone();
            units = new OneUnit(file, compact(file, dataset, shape, type));
        }
        return new ChunkedVolume(
                describe(file, shape, type, attributes, ChunkedVolume.readUnit(shape, unit), metadata),
                shape,
                unit,
                fill,
                units,
                new RawReader(file, bytes, type.bigEndian(), scratch),
                options.cacheBytes());
    }

    private SourceDescription describe(
            SourceFile file,
            StoredShape shape,
            Hdf5Type type,
            Attributes attributes,
            BlockShape readUnit,
            ObjectNode metadata) {
        return new SourceDescription(
                name(),
                shape.extent(),
                shape.canonicalAxes(),
                type.element(),
                attributes.voxelSize(),
                null,
                readUnit,
                file.size(),
                metadata);
    }

    private static List<Filters.Step> filters(ObjectHeader header) {
        if (!header.hasMessageOfType(FilterPipelineMessage.class)) {
            return List.of();
        }
        return header.getMessageOfType(FilterPipelineMessage.class).getFilters().stream()
                .map(each -> new Filters.Step(each.getId(), each.getName(), each.getData()))
                .toList();
    }

    /** The bytes of a voxel that is not stored, little-endian. */
    private static byte[] fillValue(SourceFile file, String dataset, ObjectHeader header, Hdf5Type type) {
        byte[] fill = new byte[type.element().bytes()];
        ByteBuffer stored = null;
        if (header.hasMessageOfType(FillValueMessage.class)) {
            FillValueMessage message = header.getMessageOfType(FillValueMessage.class);
            stored = message.isFillValueDefined() ? message.getFillValue() : null;
        } else if (header.hasMessageOfType(FillValueOldMessage.class)) {
            stored = header.getMessageOfType(FillValueOldMessage.class).getFillValue();
        }
        if (stored == null || stored.remaining() == 0) {
            return fill;
        }
        if (stored.remaining() != fill.length) {
            throw file.corrupt("the fill value of dataset " + dataset + " has " + stored.remaining()
                    + " bytes, a voxel has " + fill.length);
        }
        stored.get(fill);
        if (type.bigEndian()) {
            for (int i = 0; i < fill.length / 2; i++) {
                byte b = fill[i];
                fill[i] = fill[fill.length - 1 - i];
                fill[fill.length - 1 - i] = b;
            }
        }
        return fill;
    }

    private static ByteBuffer compact(SourceFile file, Dataset dataset, StoredShape shape, Hdf5Type type) {
        ByteBuffer data = ((CompactDataset) dataset).getDataBuffer();
        long bytes = shape.extent().voxels() * type.element().bytes();
        if (data.remaining() < bytes) {
            throw file.corrupt("dataset " + dataset.getPath() + " of " + bytes + " bytes has only " + data.remaining());
        }
        ByteBuffer copy = ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
        copy.put(data.duplicate().limit(data.position() + (int) bytes)).flip();
        if (type.bigEndian()) {
            Swap.toLittleEndian(copy, type.element().bytes());
        }
        return copy;
    }

    private static boolean tooLarge(long[] unit, int bytes) {
        double size = bytes;
        for (long side : unit) {
            size *= side;
        }
        return size > 1 << 20;
    }

    private static void halveLongest(long[] unit) {
        int longest = 0;
        for (int i = 1; i < unit.length; i++) {
            longest = unit[i] > unit[longest] ? i : longest;
        }
        unit[longest] = (unit[longest] + 1) / 2;
    }
}
