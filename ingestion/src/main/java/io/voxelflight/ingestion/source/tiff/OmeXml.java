package io.voxelflight.ingestion.source.tiff;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.voxelflight.ingestion.source.array.SourceFile;
import io.voxelflight.model.Axis;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VoxelSize;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/** The OME-XML of an OME-TIFF: the order of its planes and the size of a voxel (OME schema 2016-06). */
final class OmeXml {
    private static final int MAX_PLANES = 4 << 20;

    private final SourceFile file;
    private final List<Image> images = new ArrayList<>();

    private static final class Image {
        String name = "";
        String order = "";
        final long[] sizes = {1, 1, 1}; // t, c, z
        long width;
        long height;
        final double[] voxel = {Double.NaN, Double.NaN, Double.NaN}; // z, y, x
        final List<Planes> planes = new ArrayList<>();
        final Set<String> files = new LinkedHashSet<>();
    }

    /** One TiffData element. */
    private record Planes(long ifd, long t, long c, long z, long count) {}

    private OmeXml(SourceFile file) {
        this.file = file;
    }

    static boolean is(@Nullable String text) {
        return text != null && text.startsWith("<") && (text.contains("<OME") || text.contains(":OME "));
    }

    static OmeXml parse(SourceFile file, String text) {
        OmeXml ome = new OmeXml(file);
        XMLInputFactory factory = XMLInputFactory.newInstance();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        try {
            XMLStreamReader xml = factory.createXMLStreamReader(new StringReader(text.strip()));
            while (xml.hasNext()) {
                if (xml.next() == XMLStreamConstants.START_ELEMENT) {
                    ome.start(xml);
                }
            }
        } catch (XMLStreamException | NumberFormatException e) {
            throw file.corrupt("its OME-XML cannot be read: "
                    + String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
        }
        return ome;
    }

    private void start(XMLStreamReader xml) {
        switch (xml.getLocalName()) {
            case "Image" -> {
                Image image = new Image();
                image.name = text(xml, "Name", text(xml, "ID", ""));
                images.add(image);
            }
            case "Pixels" -> pixels(xml);
            case "TiffData" -> tiffData(xml);
            case "UUID" -> {
                if (!images.isEmpty()) {
                    String name = text(xml, "FileName", "");
                    if (!name.isEmpty()) {
                        images.get(images.size() - 1).files.add(name);
                    }
                }
            }
            case "BinaryOnly" ->
                throw file.unsupported("it is part of an OME-TIFF of several files, whose description is in "
                        + text(xml, "MetadataFile", "another file") + ": such sets are not supported, save one file");
            default -> {}
        }
    }

    private void pixels(XMLStreamReader xml) {
        if (images.isEmpty()) {
            return;
        }
        Image image = images.get(images.size() - 1);
        image.order = text(xml, "DimensionOrder", "XYZCT");
        image.width = number(xml, "SizeX", 0);
        image.height = number(xml, "SizeY", 0);
        image.sizes[0] = number(xml, "SizeT", 1);
        image.sizes[1] = number(xml, "SizeC", 1);
        image.sizes[2] = number(xml, "SizeZ", 1);
        String[] axes = {"Z", "Y", "X"};
        for (int i = 0; i < 3; i++) {
            String size = text(xml, "PhysicalSize" + axes[i], "");
            double unit = ImageJDescription.nanometres(text(xml, "PhysicalSize" + axes[i] + "Unit", "µm"));
            image.voxel[i] = size.isEmpty() ? Double.NaN : Double.parseDouble(size) * unit;
        }
    }

    private void tiffData(XMLStreamReader xml) {
        if (images.isEmpty()) {
            return;
        }
        boolean ifdSaid = xml.getAttributeValue(null, "IFD") != null;
        images.get(images.size() - 1)
                .planes
                .add(new Planes(
                        number(xml, "IFD", 0),
                        number(xml, "FirstT", 0),
                        number(xml, "FirstC", 0),
                        number(xml, "FirstZ", 0),
                        number(xml, "PlaneCount", ifdSaid ? 1 : -1)));
    }

    /**
     * The axes of one image.
     *
     * @param chosen its name or number; null: the only one
     * @param pageCount of the file
     */
    StackAxes axes(@Nullable String chosen, int pageCount) {
        Image image = choose(chosen);
        if (image.files.size() > 1) {
            throw file.unsupported("it is part of an OME-TIFF of " + image.files.size() + " files ("
                    + image.files.stream().limit(3).collect(Collectors.joining(", "))
                    + "): such sets are not supported, save one file");
        }
        if (!image.order.matches("XY[ZCT]{3}") || image.order.chars().distinct().count() != 5) {
            throw file.corrupt("its OME-XML has the dimension order '" + image.order + "'");
        }
        List<Axis> axes = new ArrayList<>();
        long[] lengths = new long[3];
        long places = 1;
        for (int i = 0; i < 3; i++) { // written fastest first
            Axis axis = Axis.valueOf(image.order.substring(4 - i, 5 - i));
            axes.add(axis);
            lengths[i] = image.sizes[axis.ordinal()];
            if (lengths[i] < 1 || lengths[i] > MAX_PLANES || places * lengths[i] > MAX_PLANES) {
                throw file.corrupt("its OME-XML claims " + image.sizes[0] + " times, " + image.sizes[1]
                        + " channels and " + image.sizes[2] + " slices");
            }
            places *= lengths[i];
        }
        ObjectNode metadata = JsonNodeFactory.instance.objectNode();
        metadata.put("image", image.name);
        metadata.put("dimension_order", image.order);
        VoxelSize voxel = image.voxel[0] > 0 && image.voxel[1] > 0 && image.voxel[2] > 0
                ? new VoxelSize(image.voxel[0], image.voxel[1], image.voxel[2])
                : null;
        return new StackAxes("OME-XML", axes, lengths, order(image, axes, lengths, pageCount), voxel, metadata);
    }

    /** Width and height that the description claims, for comparison with the pages. */
    String describe(@Nullable String chosen) {
        Image image = choose(chosen);
        return image.width + "x" + image.height;
    }

    private Image choose(@Nullable String chosen) {
        if (images.isEmpty()) {
            throw file.corrupt("its OME-XML describes no image");
        }
        if (chosen == null && images.size() == 1) {
            return images.get(0);
        }
        for (int i = 0; i < images.size(); i++) {
            if (images.get(i).name.equals(chosen) || String.valueOf(i).equals(chosen)) {
                return images.get(i);
            }
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < Math.min(20, images.size()); i++) {
            names.add(i + " (" + images.get(i).name + ")");
        }
        throw new ServiceException(
                chosen == null ? ErrorCode.INVALID_ARGUMENT : ErrorCode.NOT_FOUND,
                file + " has " + images.size() + " images, say which with --dataset: " + String.join(", ", names));
    }

    private int[] order(Image image, List<Axis> axes, long[] lengths, int pageCount) {
        int places = (int) (lengths[0] * lengths[1] * lengths[2]);
        int[] pages = new int[places];
        Arrays.fill(pages, -1);
        List<Planes> blocks = image.planes.isEmpty() ? List.of(new Planes(0, 0, 0, 0, -1)) : image.planes;
        for (Planes block : blocks) {
            long[] first = {block.t(), block.c(), block.z()};
            long place = 0;
            for (int i = 0; i < 3; i++) {
                long at = first[axes.get(i).ordinal()];
                if (at < 0 || at >= lengths[i]) {
                    throw file.corrupt(
                            "its OME-XML places a page at " + axes.get(i).letter() + "=" + at + " of " + lengths[i]);
                }
                place = place * lengths[i] + at;
            }
            long count = block.count() < 0 ? Math.min(places - place, pageCount - block.ifd()) : block.count();
            for (long i = 0; i < count && place + i < places; i++) {
                long page = block.ifd() + i;
                if (page < 0 || page >= pageCount) {
                    throw file.corrupt("its OME-XML speaks of page " + page + ", but it has " + pageCount + " pages");
                }
                pages[(int) (place + i)] = (int) page;
            }
        }
        for (int place = 0; place < places; place++) {
            if (pages[place] < 0) {
                throw file.corrupt("its OME-XML claims " + places + " planes, but plane " + place
                        + " has no page (the file has " + pageCount + ")");
            }
        }
        return pages;
    }

    private static String text(XMLStreamReader xml, String name, String otherwise) {
        String value = xml.getAttributeValue(null, name);
        return value == null ? otherwise : value;
    }

    private static long number(XMLStreamReader xml, String name, long otherwise) {
        String value = xml.getAttributeValue(null, name);
        return value == null ? otherwise : Long.parseLong(value.strip());
    }
}
