package io.voxelflight.flight.http.blocks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.ZstdInputStream;
import io.voxelflight.flight.http.HttpFixture;
import io.voxelflight.flight.rpc.TestVolumes;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.Extent;
import io.voxelflight.testkit.AllocatorExtension;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import javax.imageio.ImageIO;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BlockRoutesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BLOCK = "/block?dataset_id=v&z=3&y=-2&x=90&size_z=5&size_y=7&size_x=20";

    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    @TempDir
    Path folder;

    private BufferAllocator allocator;
    private HttpFixture http;

    @BeforeEach
    void open() {
        allocator = memory.allocator();
        http = new HttpFixture(allocator, folder);
        http.volumes.add("v", ElementType.UINT16, "zyx", Extent.zyx(30, 40, 100), new BlockShape(16, 16, 32));
    }

    @AfterEach
    void close() {
        http.close();
    }

    /** What a block holds by its place, little-endian. */
    private byte[] expected(ElementType type, Extent volume, long t, long c, long z, long y, long x, BlockShape shape) {
        try (ArrowBuf voxels = allocator.buffer((long) shape.voxels() * type.bytes())) {
            long at = 0;
            for (long k = z; k < z + shape.z(); k++) {
                for (long j = y; j < y + shape.y(); j++) {
                    for (long i = x; i < x + shape.x(); i++) {
                        boolean inside =
                                k >= 0 && k < volume.z() && j >= 0 && j < volume.y() && i >= 0 && i < volume.x();
                        TestVolumes.put(voxels, at, type, inside ? TestVolumes.value(t, c, k, j, i, 0) : 0);
                        at += type.bytes();
                    }
                }
            }
            byte[] bytes = new byte[(int) at];
            voxels.getBytes(0, bytes);
            return bytes;
        }
    }

    private byte[] expectedBlock() {
        return expected(ElementType.UINT16, Extent.zyx(30, 40, 100), 0, 0, 3, -2, 90, new BlockShape(5, 7, 20));
    }

    private static byte[] bytes(HttpResponse<byte[]> answer) {
        assertThat(answer.statusCode())
                .as(new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo(200);
        return answer.body();
    }

    private static JsonNode problem(HttpResponse<byte[]> answer, int status) throws IOException {
        assertThat(answer.statusCode())
                .as(new String(answer.body(), StandardCharsets.UTF_8))
                .isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonNode problem = JSON.readTree(answer.body());
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        return problem;
    }

    @Test
    void rawVoxelsOverTheEdgesAreTheSourceAndHeadersSayWhatIsValid() {
        HttpResponse<byte[]> answer = http.get(BLOCK + "&format=raw");
        assertThat(bytes(answer)).isEqualTo(expectedBlock());
        assertThat(answer.headers().map())
                .containsEntry("X-Voxelflight-Shape", java.util.List.of("5,7,20"))
                .containsEntry("X-Voxelflight-Valid", java.util.List.of("5,5,10"))
                .containsEntry("X-Voxelflight-Origin", java.util.List.of("0,0,3,-2,90"))
                .containsEntry("X-Voxelflight-Dtype", java.util.List.of("uint16"))
                .containsEntry("Content-Type", java.util.List.of("application/octet-stream"))
                .containsEntry("Content-Length", java.util.List.of("1400"));
    }

    @Test
    void npyIsTheUsualFormAndHasAHeaderOfNumPys() {
        byte[] file = bytes(http.get(BLOCK));
        String header = new String(file, 10, 118, StandardCharsets.US_ASCII);
        assertThat(file).startsWith(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0);
        assertThat(header)
                .startsWith("{'descr': '<u2', 'fortran_order': False, 'shape': (5, 7, 20), }")
                .endsWith(" \n");
        assertThat(Arrays.copyOfRange(file, 128, file.length)).isEqualTo(expectedBlock());
    }

    @Test
    void codedAnswersAreTheSameBytes() throws IOException {
        http.volumes.add("big", ElementType.UINT32, "zyx", Extent.zyx(70, 90, 100), new BlockShape(32, 32, 64));
        String block = "/block?dataset_id=big&z=1&y=2&x=3&size=64&format=raw";
        byte[] plain = bytes(http.get(block));
        assertThat(plain)
                .isEqualTo(expected(
                        ElementType.UINT32, Extent.zyx(70, 90, 100), 0, 0, 1, 2, 3, new BlockShape(64, 64, 64)));

        HttpResponse<byte[]> gzip = http.get(block, "Accept-Encoding", "br, gzip;q=0.5");
        assertThat(gzip.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(new GZIPInputStream(new ByteArrayInputStream(bytes(gzip))).readAllBytes())
                .isEqualTo(plain);

        HttpResponse<byte[]> zstd = http.get(block, "Accept-Encoding", "gzip, deflate, zstd");
        assertThat(zstd.headers().firstValue("Content-Encoding")).contains("zstd");
        assertThat(new ZstdInputStream(new ByteArrayInputStream(bytes(zstd))).readAllBytes())
                .isEqualTo(plain);

        assertThat(http.get(block, "Accept-Encoding", "zstd;q=0, gzip;q=0")
                        .headers()
                        .firstValue("Content-Encoding"))
                .isEmpty();
    }

    @Test
    void whoHasItGetsNothingAgain() {
        HttpResponse<byte[]> answer = http.get(BLOCK);
        String tag = answer.headers().firstValue("ETag").orElseThrow();
        HttpResponse<byte[]> again = http.get(BLOCK, "If-None-Match", "\"other\", W/" + tag);
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(again.headers().firstValue("ETag")).contains(tag);

        for (String other : new String[] {"&format=raw", "&t=0&level=0&size=5&format=arrow"}) {
            assertThat(http.get(BLOCK + other, "If-None-Match", tag).statusCode())
                    .as(other)
                    .isEqualTo(200);
        }
        assertThat(http.get(BLOCK, "Accept-Encoding", "gzip", "If-None-Match", tag)
                        .statusCode())
                .isEqualTo(200);
        http.volumes.add("v", ElementType.UINT16, "zyx", Extent.zyx(30, 40, 100), new BlockShape(16, 16, 32));
        assertThat(http.get(BLOCK, "If-None-Match", tag).statusCode()).isEqualTo(200);
    }

    @Test
    void headSaysWhatGetWouldSay() {
        for (String format : new String[] {"npy", "raw", "arrow"}) {
            HttpResponse<byte[]> get = http.get(BLOCK + "&format=" + format);
            HttpResponse<byte[]> head = http.send("HEAD", BLOCK + "&format=" + format, BodyPublishers.noBody());
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.body()).isEmpty();
            for (String name : new String[] {"ETag", "Content-Length", "Content-Type", "X-Voxelflight-Valid"}) {
                assertThat(head.headers().firstValue(name))
                        .as(name)
                        .isPresent()
                        .isEqualTo(get.headers().firstValue(name));
            }
        }
    }

    @Test
    void arrowIsTheStreamOfTheProtocol() throws IOException {
        byte[] stream = bytes(http.get(BLOCK, "Accept", "text/html;q=0.3, application/vnd.apache.arrow.stream"));
        try (ArrowStreamReader reader = new ArrowStreamReader(new ByteArrayInputStream(stream), allocator)) {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            assertThat(reader.loadNextBatch()).isTrue();
            assertThat(((BigIntVector) root.getVector("y")).get(0)).isEqualTo(-2);
            assertThat(((IntVector) root.getVector("valid_x")).get(0)).isEqualTo(10);
            FieldVector items = ((FixedSizeListVector) root.getVector("tensor")).getDataVector();
            byte[] voxels = new byte[1400];
            items.getDataBuffer().getBytes(0, voxels);
            assertThat(voxels).isEqualTo(expectedBlock());
            assertThat(reader.loadNextBatch()).isFalse();
        }
    }

    @Test
    void aPictureOfEachOrientation() throws IOException {
        http.volumes.add("grey", ElementType.UINT8, "zyx", Extent.zyx(9, 8, 7), new BlockShape(16, 16, 16));
        String[] flat = {"size_z=1&size_y=8&size_x=7", "size_z=9&size_y=1&size_x=7", "size_z=9&size_y=8&size_x=1"};
        BlockShape[] shapes = {new BlockShape(1, 8, 7), new BlockShape(9, 1, 7), new BlockShape(9, 8, 1)};
        int[][] heightWidth = {{8, 7}, {9, 7}, {9, 8}};
        for (int i = 0; i < flat.length; i++) {
            byte[] png = bytes(http.get("/block?dataset_id=grey&z=0&y=0&x=0&format=png&" + flat[i]));
            var image = ImageIO.read(new ByteArrayInputStream(png));
            assertThat(new int[] {image.getHeight(), image.getWidth()}).isEqualTo(heightWidth[i]);
            byte[] expected = expected(ElementType.UINT8, Extent.zyx(9, 8, 7), 0, 0, 0, 0, 0, shapes[i]);
            byte[] pixels = new byte[expected.length];
            int at = 0;
            for (int row = 0; row < image.getHeight(); row++) {
                for (int column = 0; column < image.getWidth(); column++) {
                    pixels[at++] = (byte) image.getRaster().getSample(column, row, 0);
                }
            }
            assertThat(pixels).isEqualTo(expected);
        }
        HttpResponse<byte[]> jpeg = http.get(
                "/block?dataset_id=v&z=0&y=0&x=0&size_z=1&size_y=20&size_x=30&window=0,60000", "Accept", "image/jpeg");
        assertThat(ImageIO.read(new ByteArrayInputStream(bytes(jpeg))).getWidth())
                .isEqualTo(30);
    }

    @Test
    void manyBlocksAreOneStream() throws IOException {
        String command = "{\"dataset\":\"v\",\"block\":[16,16,32]}";
        byte[] stream = bytes(
                http.send("POST", "/blocks", BodyPublishers.ofString(command), "Content-Type", "application/json"));
        int blocks = 0;
        try (ArrowStreamReader reader = new ArrowStreamReader(new ByteArrayInputStream(stream), allocator)) {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            while (reader.loadNextBatch()) {
                blocks++;
                long z = ((BigIntVector) root.getVector("z")).get(0);
                long y = ((BigIntVector) root.getVector("y")).get(0);
                long x = ((BigIntVector) root.getVector("x")).get(0);
                FieldVector items = ((FixedSizeListVector) root.getVector("tensor")).getDataVector();
                byte[] voxels = new byte[16 * 16 * 32 * 2];
                items.getDataBuffer().getBytes(0, voxels);
                assertThat(voxels)
                        .isEqualTo(expected(
                                ElementType.UINT16,
                                Extent.zyx(30, 40, 100),
                                0,
                                0,
                                z,
                                y,
                                x,
                                new BlockShape(16, 16, 32)));
            }
        }
        assertThat(blocks).isEqualTo(2 * 3 * 4);

        String empty = "{\"dataset\":\"v\",\"box\":{\"start\":[1,1,1],\"stop\":[1,2,2]}}";
        byte[] none = bytes(http.send("POST", "/blocks", BodyPublishers.ofString(empty)));
        try (ArrowStreamReader reader = new ArrowStreamReader(new ByteArrayInputStream(none), allocator)) {
            assertThat(reader.getVectorSchemaRoot().getSchema().findField("tensor"))
                    .isNotNull();
            assertThat(reader.loadNextBatch()).isFalse();
        }
    }

    @Test
    void wrongCallsAreRefusedByName() throws IOException {
        assertThat(problem(http.get(BLOCK + "&sizex=3"), 400).path("detail").asText())
                .contains("'sizex' is unknown");
        assertThat(problem(http.get(BLOCK + "&z=3"), 400).path("detail").asText())
                .contains("'z' is given 2 times");
        assertThat(problem(http.get("/block?dataset_id=v&z=0&y=0"), 400)
                        .path("detail")
                        .asText())
                .contains("'x' is missing");
        assertThat(problem(http.get("/block?dataset_id=v&z=0&y=0&x=1e3"), 400)
                        .path("detail")
                        .asText())
                .contains("'x' is '1e3'");
        assertThat(problem(http.get("/block?dataset_id=v&z=0&y=0&x=5000"), 400)
                        .path("detail")
                        .asText())
                .contains("no voxel in common");
        assertThat(problem(http.get("/block?dataset_id=w&z=0&y=0&x=0"), 404)
                        .path("code")
                        .asText())
                .isEqualTo("NOT_FOUND");
        problem(http.get(BLOCK + "&level=4"), 404);
        problem(http.get("/block?dataset_id=v&z=0&y=0&x=0&size=513"), 413);
        problem(http.get("/block?dataset_id=v&z=0&y=0&x=0&size=512"), 413);
        problem(http.get("/block?dataset_id=v&z=0&y=0&x=0&size=0"), 400);
        problem(http.get(BLOCK + "&format=tiff"), 400);
        problem(http.get(BLOCK + "&format=png"), 400);
        problem(http.get("/block?dataset_id=v&z=0&y=0&x=0&size_z=1&format=jpeg"), 400);
        problem(http.get(BLOCK + "&window=1,2"), 400);
        problem(http.get("/block?dataset_id=v&z=0&y=0&x=0&size_z=1&format=png&window=2,2"), 400);
        problem(http.get(BLOCK, "Accept", "text/html"), 406);
        problem(http.send("POST", "/blocks", BodyPublishers.ofString("{"), "Content-Type", "text/plain"), 415);
        problem(http.send("POST", "/blocks", BodyPublishers.ofString("{")), 400);
        problem(http.send("POST", "/blocks", BodyPublishers.ofString("{\"dataset\":\"w\"}")), 404);
        HttpResponse<byte[]> wrongMethod = http.send("DELETE", "/block", BodyPublishers.noBody());
        problem(wrongMethod, 405);
        assertThat(wrongMethod.headers().firstValue("Allow")).contains("GET, HEAD");
        problem(http.get("/nothing"), 404);
    }
}
