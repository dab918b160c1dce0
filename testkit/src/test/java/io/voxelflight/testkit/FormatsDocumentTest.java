package io.voxelflight.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.blockio.assemble.ChunkCache;
import io.voxelflight.blockio.assemble.ReadLimits;
import io.voxelflight.blockio.assemble.StoredVolumeOpener;
import io.voxelflight.blockio.assemble.VolumeReader;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The table of codecs in docs/formats.md says what is so: an array with each of them opens, or its absence is a refusal. */
class FormatsDocumentTest {
    private static final Map<String, String> V2_SETTINGS = Map.of(
            "delta", ",\"dtype\":\"<u2\"",
            "shuffle", ",\"elementsize\":2",
            "blosc", ",\"cname\":\"lz4\",\"clevel\":5,\"shuffle\":1");

    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    @TempDir
    Path folder;

    private record Row(String codec, String v2, String v3, String n5) {}

    private static List<Row> rows() throws IOException {
        Path document = Path.of(System.getProperty("voxelflight.root", ".."), "docs", "formats.md");
        List<Row> rows = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(document)) {
            if (line.startsWith("| codec |")) {
                inside = true;
            } else if (inside && !line.startsWith("|")) {
                break;
            } else if (inside && line.startsWith("| `")) {
                String[] cells = line.split("\\|");
                rows.add(new Row(
                        cells[1].strip().replace("`", ""), cells[2].strip(), cells[3].strip(), cells[4].strip()));
            }
        }
        return rows;
    }

    @Test
    void everyCodecOfTheTableIsAccepted() throws IOException {
        assertThat(rows()).hasSizeGreaterThan(10);
        for (Row row : rows()) {
            assertThat(row.v2()).as(row.codec()).isEqualTo("yes");
            open("v2-" + row.codec(), ".zarray", v2(row.codec()));
            String name = row.v3().equals("yes") ? row.codec() : row.v3().replace("`", "");
            open("v3-" + row.codec(), "zarr.json", v3(name, row.codec()));
            if (!row.n5().equals("-")) {
                open("n5-" + row.codec(), "attributes.json", n5(row));
            }
        }
    }

    @Test
    void whatTheTableDoesNotHaveIsRefusedByItsName() {
        for (String codec : List.of("pcodec", "zfpy", "packbits", "jpeg2000", "quantize")) {
            for (String[] document : new String[][] {
                {".zarray", v2(codec)}, {"zarr.json", v3("numcodecs." + codec, codec)}, {"zarr.json", v3(codec, codec)}
            }) {
                assertThatThrownBy(() -> open("refused", document[0], document[1]))
                        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.code())
                                .isEqualTo(ErrorCode.UNSUPPORTED))
                        .hasMessageContaining(codec);
            }
        }
    }

    private static String v2(String codec) {
        return "{\"zarr_format\":2,\"shape\":[4,4,4],\"chunks\":[4,4,4],\"dtype\":\"<u2\",\"order\":\"C\",\"fill_value\":0,"
                + "\"filters\":null,\"compressor\":{\"id\":\"" + codec + "\"" + V2_SETTINGS.getOrDefault(codec, "")
                + "}}";
    }

    private static String v3(String name, String codec) {
        String bytes = "{\"name\":\"bytes\",\"configuration\":{\"endian\":\"little\"}}";
        String settings = V2_SETTINGS
                .getOrDefault(codec, "")
                .replaceFirst("^,", "")
                .replace("\"shuffle\":1", "\"shuffle\":\"shuffle\"");
        String own = "{\"name\":\"" + name + "\",\"configuration\":{" + settings + "}}";
        boolean before = codec.equals("delta");
        return "{\"zarr_format\":3,\"node_type\":\"array\",\"shape\":[4,4,4],\"data_type\":\"uint16\",\"fill_value\":0,"
                + "\"chunk_grid\":{\"name\":\"regular\",\"configuration\":{\"chunk_shape\":[4,4,4]}},"
                + "\"chunk_key_encoding\":{\"name\":\"default\"},\"codecs\":["
                + (before ? own + "," + bytes : bytes + "," + own) + "]}";
    }

    private static String n5(Row row) {
        String type = row.n5().startsWith("yes") ? row.codec() : row.n5().replaceAll("`(\\w+)`.*", "$1");
        String settings = row.n5().contains("useZlib") ? ",\"useZlib\":true" : "";
        String blosc = type.equals("blosc") ? ",\"cname\":\"lz4\",\"clevel\":5,\"shuffle\":1" : "";
        return "{\"dimensions\":[4,4,4],\"blockSize\":[4,4,4],\"dataType\":\"uint16\",\"compression\":{\"type\":\""
                + type + "\"" + settings + blosc + "}}";
    }

    private void open(String name, String document, String content) throws IOException {
        Path place = Files.createDirectories(folder.resolve(name));
        Files.writeString(place.resolve(document), content);
        try (ChunkCache cache = new ChunkCache(memory.allocator(), 1 << 20);
                VolumeReader volume =
                        new StoredVolumeOpener(memory.allocator(), cache, ReadLimits.DEFAULT).open(place.toUri())) {
            assertThat(volume.levels()).as(name).hasSize(1);
        } finally {
            Files.deleteIfExists(place.resolve(document));
        }
    }
}
