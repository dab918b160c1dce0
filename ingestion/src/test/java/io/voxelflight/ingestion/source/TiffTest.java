package io.voxelflight.ingestion.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import io.voxelflight.model.VoxelSize;
import io.voxelflight.testkit.AllocatorExtension;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TIFF files written byte by byte, and by the JDK's own writer. */
class TiffTest {
    private static final int WIDTH = 21;
    private static final int HEIGHT = 13;
    private static final int PAGES = 4;

    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "little, false, 8, 1, uint8", "big, false, 16, 1, uint16", "little, true, 16, 2, int16",
        "big, true, 32, 1, uint32", "big, false, 32, 3, float32", "little, false, 64, 3, float64",
        "big, true, 64, 2, int64", "big, false, 8, 2, int8", "little, true, 16, 3, float16",
    })
    void stripsAndTilesOfEveryTypeAndOrder(String order, boolean big, int bits, int format, String type)
            throws IOException {
        ByteOrder bytes = order.equals("big") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        int size = bits / 8;
        byte[] all = voxels(PAGES * HEIGHT * WIDTH * size);
        for (String how : List.of("one strip", "strips", "deflate", "packbits", "tiles", "deflate tiles")) {
            TiffBytes file = new TiffBytes(bytes, big);
            for (int page = 0; page < PAGES; page++) {
                TiffBytes.Page each = new TiffBytes.Page(WIDTH, HEIGHT, bits);
                each.format = format;
                byte[] pixels =
                        Arrays.copyOfRange(all, page * HEIGHT * WIDTH * size, (page + 1) * HEIGHT * WIDTH * size);
                file.page(fill(each, file.stored(pixels, size), how, size));
            }
            assertVolume(Files.write(folder.resolve("volume.tif"), file.toBytes()), type, all);
        }
    }

    @ParameterizedTest
    @CsvSource({"LZW, false", "LZW, true", "ZLib, true", "PackBits, false", "Deflate, false"})
    void filesOfTheJdksWriter(String compression, boolean deep) throws IOException {
        int size = deep ? 2 : 1;
        byte[] all = voxels(PAGES * 150 * 140 * size);
        for (int i = 0; i < all.length; i += 3) {
            all[i] = 7; // something to compress
        }
        Path path = folder.resolve("volume.tif");
        ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(path.toFile())) {
            writer.setOutput(out);
            ImageWriteParam how = writer.getDefaultWriteParam();
            how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            how.setCompressionType(compression);
            writer.prepareWriteSequence(null);
            for (int page = 0; page < PAGES; page++) {
                BufferedImage image = new BufferedImage(
                        140, 150, deep ? BufferedImage.TYPE_USHORT_GRAY : BufferedImage.TYPE_BYTE_GRAY);
                for (int i = 0; i < 140 * 150; i++) {
                    int at = (page * 140 * 150 + i) * size;
                    int value = deep ? (all[at] & 0xff) | (all[at + 1] & 0xff) << 8 : all[at] & 0xff;
                    image.getRaster().setSample(i % 140, i / 140, 0, value);
                }
                writer.writeToSequence(new IIOImage(image, null, null), how);
            }
            writer.endWriteSequence();
        } finally {
            writer.dispose();
        }
        assertVolume(path, deep ? "uint16" : "uint8", all);
    }

    @Test
    void differencesAreSummedUp() throws IOException {
        for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
            byte[] all = voxels(2 * HEIGHT * WIDTH * 2);
            TiffBytes file = new TiffBytes(order, false);
            for (int page = 0; page < 2; page++) {
                byte[] differences =
                        Arrays.copyOfRange(all, page * HEIGHT * WIDTH * 2, (page + 1) * HEIGHT * WIDTH * 2);
                for (int y = 0; y < HEIGHT; y++) {
                    for (int x = WIDTH - 1; x > 0; x--) {
                        int at = (y * WIDTH + x) * 2;
                        int value = sample(differences, at) - sample(differences, at - 2);
                        differences[at] = (byte) value;
                        differences[at + 1] = (byte) (value >> 8);
                    }
                }
                file.page(new TiffBytes.Page(WIDTH, HEIGHT, 16)
                        .compression(8, 2)
                        .strips(HEIGHT, TiffBytes.deflate(file.stored(differences, 2))));
            }
            assertVolume(Files.write(folder.resolve("volume.tif"), file.toBytes()), "uint16", all);
        }
    }

    @Test
    void aTileThatIsLeftOutIsZero() throws IOException {
        byte[] tile = voxels(16 * 16);
        TiffBytes file = new TiffBytes(ByteOrder.LITTLE_ENDIAN, false);
        for (int page = 0; page < 2; page++) {
            file.page(new TiffBytes.Page(32, 16, 8)
                    .compression(8, 1)
                    .tiles(16, 16, TiffBytes.HOLE, TiffBytes.deflate(tile)));
        }
        byte[] all = new byte[2 * 16 * 32];
        for (int row = 0; row < 32; row++) {
            System.arraycopy(tile, row % 16 * 16, all, row * 32 + 16, 16);
        }
        assertVolume(Files.write(folder.resolve("volume.tif"), file.toBytes()), "uint8", all);
    }

    @Test
    void anImageJStackWithOneDirectoryHasAllItsImages() throws IOException {
        byte[] all = voxels(2 * 3 * 5 * HEIGHT * WIDTH * 2);
        TiffBytes file = new TiffBytes(ByteOrder.BIG_ENDIAN, false);
        byte[] stored = file.stored(all, 2);
        TiffBytes.Page page = new TiffBytes.Page(WIDTH, HEIGHT, 16)
                .description("ImageJ=1.54p\nimages=30\nchannels=2\nslices=3\nframes=5\nhyperstack=true\nunit=\\u00B5m\n"
                        + "spacing=2.5\nloop=false\n")
                .strips(HEIGHT, stored);
        page.pixelsPerUnit = 4;
        Path path = Files.write(folder.resolve("volume.tif"), file.page(page).toBytes());
        try (VolumeSource source = Sources.open(path, Reading.options(folder))) {
            assertThat(source.description().extent()).isEqualTo(new Extent(5, 2, 3, HEIGHT, WIDTH));
            assertThat(source.description().voxelSize()).isEqualTo(new VoxelSize(2500, 250, 250));
            byte[] read = Reading.all(source, memory.allocator());
            assertThat(Reading.inOrder(read, source.description(), "tzcyx")).isEqualTo(all);
            Reading.assertBoxesMatch(source, read, memory.allocator(), 20);
        }
        try (VolumeSource source = Sources.open(path, Reading.axes(folder, "ZYX"))) {
            assertThat(source.description().extent()).isEqualTo(Extent.zyx(30, HEIGHT, WIDTH));
            assertThat(Reading.all(source, memory.allocator())).isEqualTo(all);
        }
    }

    @Test
    void theOrderOfOmePlanesIsKept() throws IOException {
        byte[] all = voxels(6 * HEIGHT * WIDTH); // in the order t, z, c
        int[] pageOf = {3, 0, 5, 1, 4, 2}; // z 0..2 of channel 0, then of channel 1
        StringBuilder planes = new StringBuilder();
        for (int i = 0; i < 6; i++) {
            planes.append("<TiffData IFD=\"" + pageOf[i] + "\" FirstZ=\"" + i % 3 + "\" FirstC=\"" + i / 3
                    + "\" PlaneCount=\"1\"/>");
        }
        String ome = "<?xml version=\"1.0\"?><OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\">"
                + "<Image ID=\"Image:0\"><Pixels DimensionOrder=\"XYZCT\" Type=\"uint8\" SizeX=\"" + WIDTH
                + "\" SizeY=\"" + HEIGHT + "\" SizeZ=\"3\" SizeC=\"2\" SizeT=\"1\" PhysicalSizeX=\"0.1\""
                + " PhysicalSizeY=\"200\" PhysicalSizeYUnit=\"nm\" PhysicalSizeZ=\"0.3\" PhysicalSizeZUnit=\"µm\">"
                + planes + "</Pixels></Image></OME>";
        TiffBytes file = new TiffBytes(ByteOrder.LITTLE_ENDIAN, false);
        for (int page = 0; page < 6; page++) {
            int place = 0;
            while (pageOf[place] != page) {
                place++;
            }
            file.page(new TiffBytes.Page(WIDTH, HEIGHT, 8)
                    .description(page == 0 ? ome : "")
                    .strips(HEIGHT, Arrays.copyOfRange(all, place * HEIGHT * WIDTH, (place + 1) * HEIGHT * WIDTH)));
        }
        Path path = Files.write(folder.resolve("volume.tif"), file.toBytes());
        try (VolumeSource source = Sources.open(path, Reading.options(folder))) {
            assertThat(source.description().extent()).isEqualTo(new Extent(1, 2, 3, HEIGHT, WIDTH));
            assertThat(source.description().voxelSize()).isEqualTo(new VoxelSize(300, 200, 100));
            assertThat(Reading.all(source, memory.allocator())).isEqualTo(all);
        }
        byte[] wrong = new String(file.toBytes(), StandardCharsets.ISO_8859_1)
                .replace("IFD=\"5\"", "IFD=\"9\"")
                .getBytes(StandardCharsets.ISO_8859_1);
        Files.write(path, wrong);
        assertRefused(path, ErrorCode.CORRUPT_DATA, "page 9", "6 pages");
    }

    @Test
    void slicesComeInNaturalOrder() throws IOException {
        byte[] all = voxels(12 * HEIGHT * WIDTH);
        for (int z = 0; z < 12; z++) {
            slice("z" + z + (z % 2 == 0 ? ".tif" : ".TIFF"), WIDTH, all, z);
        }
        Files.writeString(folder.resolve("notes.txt"), "not a slice");
        assertVolume(folder, "uint8", all);
        slice("z7.TIFF", WIDTH - 1, all, 7);
        assertRefused(folder, ErrorCode.UNSUPPORTED, "z7.TIFF", "20x13 uint8", "21x13 uint8");
        Files.writeString(folder.resolve("z7.TIFF"), "no picture");
        assertRefused(folder, ErrorCode.CORRUPT_DATA, "z7.TIFF");
    }

    @Test
    void aPageOfAnotherSizeIsNamed() throws IOException {
        TiffBytes file = new TiffBytes(ByteOrder.LITTLE_ENDIAN, false);
        for (int page = 0; page < 5; page++) {
            int width = page == 3 ? WIDTH + 1 : WIDTH;
            file.page(new TiffBytes.Page(width, HEIGHT, 8).strips(HEIGHT, voxels(width * HEIGHT)));
        }
        Path path = Files.write(folder.resolve("volume.tif"), file.toBytes());
        assertRefused(path, ErrorCode.UNSUPPORTED, "page 3", "22x13 uint8", "21x13 uint8");
    }

    @Test
    void aThumbnailIsNoPage() throws IOException {
        byte[] all = voxels(2 * HEIGHT * WIDTH);
        TiffBytes file = new TiffBytes(ByteOrder.LITTLE_ENDIAN, false);
        for (int page = 0; page < 2; page++) {
            file.page(new TiffBytes.Page(WIDTH, HEIGHT, 8)
                    .strips(HEIGHT, Arrays.copyOfRange(all, page * HEIGHT * WIDTH, (page + 1) * HEIGHT * WIDTH)));
            TiffBytes.Page small = new TiffBytes.Page(4, 4, 8).strips(4, voxels(16));
            small.subfileType = 1;
            file.page(small);
        }
        assertVolume(Files.write(folder.resolve("volume.tif"), file.toBytes()), "uint8", all);
    }

    @Test
    void aChainThatLeadsBackIsFound() throws IOException {
        TiffBytes file = plain(3);
        long second = file.lastDirectory;
        file.page(new TiffBytes.Page(WIDTH, HEIGHT, 8).strips(HEIGHT, voxels(WIDTH * HEIGHT)));
        file.linkTo(second);
        Path path = Files.write(folder.resolve("volume.tif"), file.toBytes());
        assertRefused(path, ErrorCode.CORRUPT_DATA, "leads back", "after page 3");
    }

    @Test
    void aTruncatedFileIsRefusedWhenOpened() throws IOException {
        byte[] whole = plain(6).toBytes();
        Path path = folder.resolve("volume.tif");
        for (int percent = 5; percent < 100; percent += 5) {
            int length = whole.length * percent / 100;
            Files.write(path, Arrays.copyOf(whole, length));
            assertRefused(path, ErrorCode.CORRUPT_DATA, "has " + length + " bytes");
        }
    }

    @Test
    void damagedUnitsAreRefusedWhenRead() throws IOException {
        byte[] pixels = voxels(WIDTH * HEIGHT);
        byte[] deflated = TiffBytes.deflate(pixels);
        byte[] flipped = deflated.clone();
        flipped[flipped.length / 2] ^= 0x10;
        byte[][] wrong = {
            flipped,
            Arrays.copyOf(deflated, deflated.length / 2),
            TiffBytes.deflate(Arrays.copyOf(pixels, pixels.length - 1)),
        };
        for (byte[] unit : wrong) {
            TiffBytes file = new TiffBytes(ByteOrder.LITTLE_ENDIAN, false);
            file.page(new TiffBytes.Page(WIDTH, HEIGHT, 8).compression(8, 1).strips(HEIGHT, deflated));
            file.page(new TiffBytes.Page(WIDTH, HEIGHT, 8).compression(8, 1).strips(HEIGHT, unit));
            Path path = Files.write(folder.resolve("volume.tif"), file.toBytes());
            try (VolumeSource source = Sources.open(path, Reading.options(folder))) {
                assertThatThrownBy(() -> Reading.all(source, memory.allocator()))
                        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code())
                                .isEqualTo(ErrorCode.CORRUPT_DATA))
                        .hasMessageContainingAll(path.toString(), "strip 0 of page 1");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "compression | 7 | JPEG",
                "compression | 34925 | LZMA",
                "photometric | 2 | RGB colour",
                "samples | 2 | 2 samples a pixel",
                "bits | 12 | 12 bits",
                "format | 5 | complex",
                "predictor | 3 | predictor 3 with uint8",
            })
    void whatIsNotSupportedIsNamed(String what, int value, String said) throws IOException {
        TiffBytes file = new TiffBytes(ByteOrder.LITTLE_ENDIAN, false);
        for (int i = 0; i < 2; i++) {
            TiffBytes.Page page = new TiffBytes.Page(WIDTH, HEIGHT, what.equals("bits") ? value : 8)
                    .strips(HEIGHT, voxels(WIDTH * HEIGHT * 2));
            switch (what) {
                case "compression" -> page.compression = value;
                case "photometric" -> page.photometric = value;
                case "samples" -> page.samples = value;
                case "format" -> page.format = value;
                case "predictor" -> page.compression(8, value);
                default -> {}
            }
            file.page(page);
        }
        assertRefused(Files.write(folder.resolve("volume.tif"), file.toBytes()), ErrorCode.UNSUPPORTED, said);
    }

    @Test
    void onePageIsNoVolume() throws IOException {
        Path path = Files.write(folder.resolve("volume.tif"), plain(1).toBytes());
        assertRefused(path, ErrorCode.UNSUPPORTED, "one page of 21x13 uint8", "folder");
    }

    private TiffBytes plain(int pages) {
        TiffBytes file = new TiffBytes(ByteOrder.LITTLE_ENDIAN, false);
        for (int page = 0; page < pages; page++) {
            file.page(new TiffBytes.Page(WIDTH, HEIGHT, 8).strips(HEIGHT, voxels(WIDTH * HEIGHT)));
        }
        return file;
    }

    private void slice(String name, int width, byte[] all, int z) throws IOException {
        TiffBytes file = new TiffBytes(z % 3 == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN, false);
        byte[] pixels = Arrays.copyOfRange(all, z * HEIGHT * WIDTH, z * HEIGHT * WIDTH + HEIGHT * width);
        TiffBytes.Page page = new TiffBytes.Page(width, HEIGHT, 8);
        file.page(
                z % 2 == 0
                        ? page.strips(HEIGHT, pixels)
                        : page.compression(8, 1).strips(HEIGHT, TiffBytes.deflate(pixels)));
        Files.write(folder.resolve(name), file.toBytes());
    }

    private void assertVolume(Path path, String type, byte[] all) {
        try (VolumeSource source = Sources.open(path, Reading.options(folder))) {
            assertThat(source.description().elementType().numpyName()).isEqualTo(type);
            byte[] read = Reading.all(source, memory.allocator());
            assertThat(read).isEqualTo(all);
            Reading.assertBoxesMatch(source, read, memory.allocator(), 15);
        }
    }

    private void assertRefused(Path path, ErrorCode code, String... said) {
        assertThatThrownBy(() -> Sources.open(path, Reading.options(folder)).close())
                .isInstanceOfSatisfying(
                        ServiceException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(path.toString())
                .hasMessageContainingAll(said)
                .hasMessageNotContaining("\n");
    }

    /** Cuts a page into units of one kind. */
    private static TiffBytes.Page fill(TiffBytes.Page page, byte[] pixels, String how, int size) {
        if (how.endsWith("tiles")) {
            List<byte[]> tiles = new ArrayList<>();
            for (int y = 0; y < HEIGHT; y += 16) {
                for (int x = 0; x < WIDTH; x += 16) {
                    byte[] tile = new byte[16 * 16 * size];
                    for (int row = 0; row < Math.min(16, HEIGHT - y); row++) {
                        System.arraycopy(
                                pixels,
                                ((y + row) * WIDTH + x) * size,
                                tile,
                                row * 16 * size,
                                Math.min(16, WIDTH - x) * size);
                    }
                    tiles.add(how.startsWith("deflate") ? TiffBytes.deflate(tile) : tile);
                }
            }
            page.tiles(16, 16, tiles.toArray(byte[][]::new));
            return how.startsWith("deflate") ? page.compression(32946, 1) : page;
        }
        int rows = how.equals("one strip") ? HEIGHT : 5;
        List<byte[]> strips = new ArrayList<>();
        for (int y = 0; y < HEIGHT; y += rows) {
            byte[] strip = Arrays.copyOfRange(pixels, y * WIDTH * size, Math.min(HEIGHT, y + rows) * WIDTH * size);
            strips.add(
                    switch (how) {
                        case "deflate" -> TiffBytes.deflate(strip);
                        case "packbits" -> packBits(strip);
                        default -> strip;
                    });
        }
        page.strips(rows, strips.toArray(byte[][]::new));
        return switch (how) {
            case "deflate" -> page.compression(8, 1);
            case "packbits" -> page.compression(32773, 1);
            default -> page;
        };
    }

    private static byte[] packBits(byte[] bytes) {
        byte[] packed = new byte[bytes.length * 2];
        int to = 0;
        for (int at = 0; at < bytes.length; ) {
            int same = at + 1;
            while (same < bytes.length && bytes[same] == bytes[at] && same - at < 128) {
                same++;
            }
            if (same - at > 1) {
                packed[to++] = (byte) (1 - (same - at));
                packed[to++] = bytes[at];
            } else {
                packed[to++] = 0;
                packed[to++] = bytes[at];
            }
            at = same;
        }
        return Arrays.copyOf(packed, to);
    }

    private static byte[] voxels(int count) {
        byte[] voxels = new byte[count];
        int state = 12345;
        for (int i = 0; i < count; i++) {
            state = state * 1103515245 + 12345;
            voxels[i] = (byte) (i % 7 < 3 ? 42 : state >> 16);
        }
        return voxels;
    }

    private static int sample(byte[] bytes, int at) {
        return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8;
    }
}
