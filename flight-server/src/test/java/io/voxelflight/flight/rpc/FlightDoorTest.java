package io.voxelflight.flight.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.flight.access.Doorkeeper;
import io.voxelflight.flight.stream.BlockSchema;
import io.voxelflight.flight.ticket.TicketKeys;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.ElementType;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.Point;
import io.voxelflight.model.ServiceException;
import io.voxelflight.testkit.AllocatorExtension;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.ActionType;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.Criteria;
import org.apache.arrow.flight.FlightClient;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlightDoorTest {
    private static final BlockShape CHUNK = new BlockShape(16, 16, 16);

    @TempDir
    Path folder;

    @RegisterExtension
    final AllocatorExtension memory = new AllocatorExtension();

    private DoorFixture open(boolean ownDoGet) {
        return new DoorFixture(memory.allocator(), folder, DoorFixture.settings(ownDoGet));
    }

    @ParameterizedTest
    @EnumSource(ElementType.class)
    void servesTheWholeGridOfEveryType(ElementType type) throws Exception {
        try (DoorFixture fixture = open(true);
                FlightClient client = fixture.client()) {
            Dataset dataset = fixture.volumes.add("a", type, "zyx", Extent.zyx(40, 33, 20), CHUNK);
            List<Row> rows =
                    Rows.read(client, FlightDescriptor.command(json("{'dataset':'a','block':[16,16,16]}")), dataset, 0);
            assertThat(rows).hasSize(3 * 3 * 2);
            assertThat(rows.get(17)).isEqualTo(new Row(Point.zyx(32, 32, 16), 8, 1, 4));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void servesLevelsTimePointsAndChannels(boolean own) throws Exception {
        try (DoorFixture fixture = open(own);
                FlightClient client = fixture.client()) {
            List<Extent> extents = List.of(new Extent(2, 3, 20, 20, 20), new Extent(2, 3, 10, 10, 10));
            Dataset dataset = fixture.volumes.add("a", ElementType.UINT16, "tczyx", extents, CHUNK);
            assertThat(Rows.read(client, FlightDescriptor.path("a"), dataset, 0))
                    .hasSize(6);
            List<Row> coarse = Rows.read(client, FlightDescriptor.path("a", "1"), dataset, 1);
            assertThat(coarse).hasSize(6).contains(new Row(new Point(1, 2, 0, 0, 0), 10, 10, 10));
            String box = "{'dataset':'a','block':[7,8,9],'box':{'start':[1,1,3,4,5],'stop':[2,3,19,20,18]}}";
            assertThat(Rows.read(client, FlightDescriptor.command(json(box)), dataset, 0))
                    .hasSize(2 * 3 * 2 * 2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void servesRandomOriginsInTheirOrder(boolean own) throws Exception {
        try (DoorFixture fixture = open(own);
                FlightClient client = fixture.client()) {
            Dataset dataset = fixture.volumes.add("a", ElementType.UINT16, "zyx", Extent.zyx(50, 41, 37), CHUNK);
            Random random = new Random(4);
            List<Point> origins = new ArrayList<>();
            StringBuilder list = new StringBuilder();
            for (int i = 0; i < 300; i++) {
                Point origin = Point.zyx(random.nextInt(-12, 50), random.nextInt(-6, 41), random.nextInt(-8, 37));
                origins.add(origin);
                list.append(i == 0 ? "" : ",").append("[" + origin.z() + "," + origin.y() + "," + origin.x() + "]");
            }
            String command = "{'dataset':'a','block':[13,7,9],'origins':[" + list + "]}";
            List<Row> rows = Rows.read(client, FlightDescriptor.command(json(command)), dataset, 0);
            assertThat(rows.stream().map(Row::origin)).containsExactlyElementsOf(origins);
        }
    }

    @Test
    void coversRandomBoxesExactlyOnce() throws Exception {
        try (DoorFixture fixture = open(true);
                FlightClient client = fixture.client()) {
            Dataset dataset = fixture.volumes.add("a", ElementType.UINT8, "zyx", Extent.zyx(50, 41, 37), CHUNK);
            Random random = new Random(9);
            for (int i = 0; i < 30; i++) {
                int[] from = {random.nextInt(50), random.nextInt(41), random.nextInt(37)};
                int[] to = {
                    from[0] + random.nextInt(51 - from[0]),
                    from[1] + random.nextInt(42 - from[1]),
                    from[2] + random.nextInt(38 - from[2])
                };
                String block = random.nextBoolean() ? "" : ",'block':[9,10,11]";
                String command = "{'dataset':'a'" + block + ",'box':{'start':" + java.util.Arrays.toString(from)
                        + ",'stop':" + java.util.Arrays.toString(to) + "}}";
                List<Row> rows = Rows.read(client, FlightDescriptor.command(json(command)), dataset, 0);
                long voxels = rows.stream()
                        .mapToLong(r -> (long) r.validZ() * r.validY() * r.validX())
                        .sum();
                assertThat(voxels).isEqualTo((long) (to[0] - from[0]) * (to[1] - from[1]) * (to[2] - from[2]));
            }
        }
    }

    @Test
    void bothBindingsSendEqualTables() throws Exception {
        List<List<byte[]>> answers = new ArrayList<>();
        for (boolean own : new boolean[] {true, false}) {
            try (DoorFixture fixture = open(own);
                    FlightClient client = fixture.client()) {
                fixture.volumes.add("a", ElementType.FLOAT32, "zyx", Extent.zyx(50, 41, 37), CHUNK);
                List<byte[]> answer = new ArrayList<>();
                for (String command : List.of(
                        "{'dataset':'a'}",
                        "{'dataset':'a','block':[3,5,7],'origins':[[-1,-2,-3],[49,40,36]]}",
                        "{'dataset':'a','block':[16,16,16]}")) {
                    answer.addAll(Rows.serialized(client, FlightDescriptor.command(json(command))));
                }
                answers.add(answer);
            }
        }
        assertThat(answers.get(0)).hasSameSizeAs(answers.get(1));
        for (int i = 0; i < answers.get(0).size(); i++) {
            assertThat(answers.get(0).get(i)).isEqualTo(answers.get(1).get(i));
        }
    }

    @Test
    void describesDatasetsEverywhereAlike() throws Exception {
        try (DoorFixture fixture = open(true);
                FlightClient client = fixture.client()) {
            fixture.volumes.add("a", ElementType.UINT8, "zyx", Extent.zyx(20, 20, 20), CHUNK);
            fixture.volumes.add("b", ElementType.FLOAT16, "czyx", new Extent(1, 2, 20, 20, 20), CHUNK);
            List<FlightInfo> listed = new ArrayList<>();
            client.listFlights(Criteria.ALL).forEach(listed::add);
            assertThat(listed.stream().map(i -> i.getDescriptor().getPath()))
                    .containsExactly(List.of("a"), List.of("b"));
            FlightInfo b = client.getInfo(FlightDescriptor.path("b"));
            assertThat(b.getSchemaOptional()).isEqualTo(listed.get(1).getSchemaOptional());
            assertThat(client.getSchema(FlightDescriptor.path("b")).getSchema())
                    .isEqualTo(b.getSchemaOptional().orElseThrow());
            assertThat(b.getRecords()).isEqualTo(2);
            assertThat(b.getBytes()).isEqualTo(2L * 128 * 128 * 128 * 2);
            assertThat(b.getOrdered()).isTrue();
            FlightEndpoint endpoint = b.getEndpoints().get(0);
            assertThat(endpoint.getLocations()).containsExactly(Location.reuseConnection());
            assertThat(endpoint.getExpirationTime()).isPresent();
            Field tensor = b.getSchemaOptional().orElseThrow().findField("tensor");
            assertThat(tensor.getMetadata())
                    .containsEntry("ARROW:extension:name", "arrow.fixed_shape_tensor")
                    .containsEntry(
                            "ARROW:extension:metadata", "{\"shape\":[128,128,128],\"dim_names\":[\"z\",\"y\",\"x\"]}");
            assertThat(tensor.isNullable()).isFalse();
            assertThat(b.getSchemaOptional().orElseThrow().getCustomMetadata())
                    .containsEntry(BlockSchema.LEVEL_KEY, "0")
                    .hasEntrySatisfying(BlockSchema.DATASET_KEY, json -> assertThat(json)
                            .contains("\"name\":\"b\"")
                            .contains("\"dtype\":\"float16\"")
                            .contains("\"kind\":\"image\"")
                            .contains("\"axes\":\"czyx\",\"shape\":[2,20,20,20],\"voxel_size\":[8.0,8.0,8.0]")
                            .contains("\"levels\":[{\"level\":0,\"extent\":[1,2,20,20,20],\"chunk\":[16,16,16],"
                                    + "\"shard\":[32,32,32],\"voxel_size\":[8.0,8.0,8.0]}]"));
        }
    }

    @Test
    void noBlockIsCopiedOnItsWayToTheNetwork() throws Exception {
        try (DoorFixture fixture = open(true);
                FlightClient client = fixture.client()) {
            Dataset dataset = fixture.volumes.add("a", ElementType.UINT16, "zyx", Extent.zyx(64, 64, 64), CHUNK);
            for (String command : List.of(
                    "{'dataset':'a','block':[16,16,16]}",
                    "{'dataset':'a','block':[3,5,7],'box':{'start':[1,2,3],'stop':[20,20,20]}}")) {
                Rows.read(client, FlightDescriptor.command(json(command)), dataset, 0);
            }
            assertThat(fixture.door.frames().copied())
                    .as("messages that gRPC did not take by reference: was it changed? versions are pinned in pom.xml")
                    .isZero();
            assertThat(fixture.door.frames().direct()).isEqualTo(1 + 64 + 1 + 7 * 4 * 3);
        }
    }

    @Test
    void dividesManyBlocksAmongEndpointsInOrder() throws Exception {
        try (DoorFixture fixture = open(true);
                FlightClient client = fixture.client()) {
            Dataset dataset = fixture.volumes.add("a", ElementType.UINT8, "zyx", Extent.zyx(30, 30, 30), CHUNK);
            FlightDescriptor command = FlightDescriptor.command(json("{'dataset':'a','block':[2,2,2]}"));
            FlightInfo info = client.getInfo(command);
            assertThat(info.getEndpoints()).hasSize(4);
            assertThat(info.getRecords()).isEqualTo(15 * 15 * 15);
            assertThat(Rows.read(client, command, dataset, 0)).hasSize(15 * 15 * 15);
            FlightInfo nothing = client.getInfo(FlightDescriptor.command(json("{'dataset':'a','origins':[]}")));
            assertThat(nothing.getEndpoints()).hasSize(1);
            assertThat(Rows.read(client, nothing.getDescriptor(), dataset, 0)).isEmpty();
        }
    }

    @Test
    void refusalsNameTheThingAndTheValue() throws Exception {
        try (DoorFixture fixture = open(true);
                FlightClient client = fixture.client()) {
            fixture.volumes.add("a", ElementType.FLOAT64, "zyx", Extent.zyx(30, 30, 30), CHUNK);
            refused(client, "{'dataset':'b'}", FlightStatusCode.NOT_FOUND, "NOT_FOUND: there is no dataset 'b'");
            refused(client, "{'dataset':'a','level':1}", FlightStatusCode.NOT_FOUND, "no level 1");
            refused(
                    client,
                    "{'dataset':'a','block':[4,4,4],'origins':[[0,0,0],[0,-4,0]]}",
                    FlightStatusCode.INVALID_ARGUMENT,
                    "origin 1 (t=0, c=0, z=0, y=-4, x=0)");
            refused(
                    client,
                    "{'dataset':'a','origins':[[1,0,0,0,0]]}",
                    FlightStatusCode.INVALID_ARGUMENT,
                    "origin 0 (t=1,");
            refused(
                    client,
                    "{'dataset':'a','origins':[[0,0,9223372036854775807]]}",
                    FlightStatusCode.INVALID_ARGUMENT,
                    "origin 0");
            refused(
                    client,
                    "{'dataset':'a','box':{'start':[0,0,0],'stop':[31,1,1]}}",
                    FlightStatusCode.INVALID_ARGUMENT,
                    "reaches out of dataset 'a'");
            refused(
                    client,
                    "{'dataset':'a','block':[512,512,512]}",
                    FlightStatusCode.RESOURCE_EXHAUSTED,
                    "1073741824 bytes");
            refused(client, "{'dataset':'a','sample':{}}", FlightStatusCode.UNIMPLEMENTED, "UNSUPPORTED: ");
            refused(client, "hello", FlightStatusCode.INVALID_ARGUMENT, "neither a JSON object nor");
            assertThatThrownBy(() ->
                            client.listFlights(new Criteria(new byte[] {'x'})).forEach(info -> {}))
                    .hasMessageContaining("takes no criteria, 'x' was given");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void refusesBadTickets(boolean own) throws Exception {
        try (DoorFixture fixture = open(own);
                FlightClient client = fixture.client()) {
            fixture.volumes.add("a", ElementType.UINT8, "zyx", Extent.zyx(30, 30, 30), CHUNK);
            byte[] good = client.getInfo(FlightDescriptor.path("a"))
                    .getEndpoints()
                    .get(0)
                    .getTicket()
                    .getBytes();
            byte[] forged = good.clone();
            forged[40] ^= 4;
            for (byte[] bad : List.of(forged, java.util.Arrays.copyOf(good, 50), json("VFT1"), json("junk"))) {
                ended(client, bad, FlightStatusCode.UNAUTHENTICATED, "the ticket");
            }
            fixture.volumes.add("a", ElementType.UINT8, "zyx", Extent.zyx(30, 30, 30), CHUNK);
            ended(client, good, FlightStatusCode.NOT_FOUND, "made anew");
            fixture.volumes.remove("a");
            ended(client, good, FlightStatusCode.NOT_FOUND, "no dataset 'a'");
        }
    }

    @Test
    void cancelsAFlight() throws Exception {
        try (DoorFixture fixture = open(true);
                FlightClient client = fixture.client()) {
            fixture.volumes.add("a", ElementType.UINT8, "zyx", Extent.zyx(256, 128, 128), CHUNK);
            FlightInfo info = client.getInfo(FlightDescriptor.command(json("{'dataset':'a','block':[64,128,128]}")));
            byte[] ticket = info.getEndpoints().get(0).getTicket().getBytes();
            assertThat(client.cancelFlightInfo(new CancelFlightInfoRequest(info))
                            .getStatus())
                    .isEqualTo(CancelStatus.CANCELLED);
            ended(client, ticket, FlightStatusCode.CANCELLED, "was cancelled");
            assertThat(Rows.read(
                            client,
                            info.getDescriptor(),
                            fixture.volumes.datasets().get(0),
                            0))
                    .hasSize(4);
        }
    }

    @Test
    void answersActions() throws Exception {
        try (DoorFixture fixture = open(true);
                FlightClient client = fixture.client()) {
            List<String> types = new ArrayList<>();
            for (ActionType type : client.listActions()) {
                types.add(type.getType());
            }
            assertThat(types).contains("status", "CancelFlightInfo").doesNotHaveDuplicates();
            byte[] status = client.doAction(new Action("status")).next().getBody();
            assertThat(new String(status, StandardCharsets.UTF_8))
                    .contains("\"streams\":{\"running\":0,\"waiting\":0,\"limit\":64}");
            assertThatThrownBy(() -> client.doAction(new Action("fly")).next()).hasMessageContaining("fly");
            byte[] noDescriptor = {0x0a, 0x00};
            assertThatThrownBy(() -> client.doAction(new Action("CancelFlightInfo", noDescriptor))
                            .next())
                    .hasMessageContaining("its descriptor included");
        }
    }

    @Test
    void doesNotTakeBlocksYet() throws Exception {
        try (DoorFixture fixture = open(true);
                FlightClient client = fixture.client();
                FlightClient.ExchangeReaderWriter exchange = client.doExchange(FlightDescriptor.path("a"))) {
            assertThatThrownBy(() -> exchange.getReader().getSchema())
                    .isInstanceOfSatisfying(
                            FlightRuntimeException.class,
                            e -> assertThat(e.status().code()).isEqualTo(FlightStatusCode.UNIMPLEMENTED))
                    .hasMessageContaining("DoExchange is not there yet");
        }
    }

    @Test
    void aTakenPortIsOneClearLine() {
        try (DoorFixture fixture = open(true)) {
            FlightDoorSettings taken = new FlightDoorSettings("127.0.0.1", fixture.door.port(), null, true);
            assertThatThrownBy(() -> FlightDoor.start(
                            taken,
                            fixture.blocks,
                            fixture.server,
                            Doorkeeper.OPEN,
                            TicketKeys.of(DoorFixture.KEY),
                            new org.apache.arrow.flight.sql.NoOpFlightSqlProducer(),
                            fixture.metrics))
                    .isInstanceOfSatisfying(ServiceException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
                        assertThat(e.line())
                                .startsWith("Flight port " + fixture.door.port() + " of 127.0.0.1 cannot be listened")
                                .contains("--flight-port")
                                .doesNotContain("\n");
                    });
        }
    }

    @Test
    void advertisesWhatClientsCanReach() throws Exception {
        FlightDoorSettings named = new FlightDoorSettings("127.0.0.1", 0, "grpc://data.example.org:8815", true);
        try (DoorFixture fixture = new DoorFixture(memory.allocator(), folder, named);
                FlightClient client = fixture.client()) {
            fixture.volumes.add("a", ElementType.UINT8, "zyx", Extent.zyx(30, 30, 30), CHUNK);
            assertThat(client.getInfo(FlightDescriptor.path("a"))
                            .getEndpoints()
                            .get(0)
                            .getLocations())
                    .extracting(location -> location.getUri().toString())
                    .containsExactly("grpc://data.example.org:8815");
        }
        for (String bad : List.of("grpc://0.0.0.0:1", "data.example.org", "http://a:1", "grpc://a b")) {
            FlightDoorSettings settings = new FlightDoorSettings("127.0.0.1", 0, bad, true);
            assertThatThrownBy(settings::location)
                    .isInstanceOfSatisfying(
                            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                    .hasMessageContaining("'" + bad + "'");
        }
    }

    private static void refused(FlightClient client, String command, FlightStatusCode code, String says) {
        for (boolean schema : new boolean[] {false, true}) {
            FlightDescriptor descriptor = FlightDescriptor.command(json(command));
            assertThatThrownBy(() -> {
                        Object answer = schema ? client.getSchema(descriptor) : client.getInfo(descriptor);
                        assertThat(answer).as(command).isNull();
                    })
                    .isInstanceOfSatisfying(
                            FlightRuntimeException.class,
                            e -> assertThat(e.status().code()).isEqualTo(code))
                    .hasMessageContaining(says);
        }
    }

    private static void ended(FlightClient client, byte[] ticket, FlightStatusCode code, String says) throws Exception {
        try (FlightStream stream = client.getStream(new Ticket(ticket))) {
            assertThatThrownBy(() -> {
                        while (stream.next()) {
                            // to the end
                        }
                    })
                    .isInstanceOfSatisfying(
                            FlightRuntimeException.class,
                            e -> assertThat(e.status().code()).isEqualTo(code))
                    .hasMessageContaining(says);
        }
    }

    static byte[] json(String text) {
        return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
