package io.voxelflight.flight.ticket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Point;
import io.voxelflight.model.ServiceException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandReaderTest {
    private final CommandReader reader = new CommandReader(new RequestLimits(4000, 5, 512, 1000));

    @Test
    void readsAllModes() {
        assertThat(read("{\"dataset\": \"a\"}"))
                .isEqualTo(new BlockRequest(new DatasetName("a"), 0, null, new BlockRequest.Grid()));
        assertThat(read("{\"dataset\": \"a\", \"level\": 2, \"block\": [1, 512, 3]}"))
                .isEqualTo(
                        new BlockRequest(new DatasetName("a"), 2, new BlockShape(1, 512, 3), new BlockRequest.Grid()));
        Origins origins = new Origins.Builder()
                .add(Point.zyx(1, 2, 3))
                .add(new Point(4, 5, -6, 7, 8))
                .build();
        assertThat(read("{\"dataset\": \"a\", \"origins\": [[1,2,3],[4,5,-6,7,8]]}")
                        .selection())
                .isEqualTo(new BlockRequest.At(origins));
        assertThat(read("{\"dataset\": \"a\", \"box\": {\"start\": [1,2,3], \"stop\": [4,5,6]}}")
                        .selection())
                .isEqualTo(new BlockRequest.Within(new Box(Point.zyx(1, 2, 3), new Point(1, 1, 4, 5, 6))));
        assertThat(read("{\"box\": {\"start\": [1,2,3,4,5], \"stop\": [2,3,4,5,6]}, \"dataset\": \"a\"}")
                        .selection())
                .isEqualTo(new BlockRequest.Within(new Box(new Point(1, 2, 3, 4, 5), new Point(2, 3, 4, 5, 6))));
    }

    @Test
    void readsPaths() {
        assertThat(reader.path(List.of("a")))
                .isEqualTo(new BlockRequest(new DatasetName("a"), 0, null, new BlockRequest.Grid()));
        assertThat(reader.path(List.of("a", "3")).level()).isEqualTo(3);
        refused(() -> reader.path(List.of()), "0 parts");
        refused(() -> reader.path(List.of("a", "b")), "level 'b'");
        refused(() -> reader.path(List.of("a", "-1")), "level -1");
        refused(() -> reader.path(List.of("a", "1", "2")), "3 parts");
        refused(() -> reader.path(List.of("../a")), "'../a'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[1] | JSON object",
                "{ | no JSON at line 1",
                "{\"dataset\":\"a\"} 1 | behind",
                "{} | needs the field 'dataset'",
                "{\"dataset\": 7} | 'dataset' is a string",
                "{\"dataset\":\"a\",\"dataset\":\"b\"} | Duplicate field 'dataset'",
                "{\"dataset\":\"a\",\"colour\":1} | field 'colour' is unknown",
                "{\"dataset\":\"a\",\"level\":-1} | level -1",
                "{\"dataset\":\"a\",\"level\":1.5} | not '1.5'",
                "{\"dataset\":\"a\",\"level\":99999999999} | level 99999999999",
                "{\"dataset\":\"a\",\"level\":123456789012345678901} | beyond 64 bits",
                "{\"dataset\":\"a\",\"block\":[1,2]} | three numbers [z, y, x], not 2",
                "{\"dataset\":\"a\",\"block\":[1,2,3,4]} | more than 3",
                "{\"dataset\":\"a\",\"block\":[1,513,3]} | block side 513",
                "{\"dataset\":\"a\",\"block\":[0,1,3]} | block side 0",
                "{\"dataset\":\"a\",\"block\":7} | block is a list",
                "{\"dataset\":\"a\",\"origins\":[1,2,3]} | origin 0 is a list",
                "{\"dataset\":\"a\",\"origins\":[[1,2,3],[1,2]]} | origin 1 has three numbers",
                "{\"dataset\":\"a\",\"origins\":[[1,2,3,4,5,6]]} | origin 0 has more than 5",
                "{\"dataset\":\"a\",\"origins\":[[1,2,null]]} | not 'null'",
                "{\"dataset\":\"a\",\"origins\":[[0,0,0],[0,0,0],[0,0,0],[0,0,0],[0,0,0],[0,0,0]]} | at most 5",
                "{\"dataset\":\"a\",\"box\":{\"start\":[1,2,3]}} | needs 'start' and 'stop'",
                "{\"dataset\":\"a\",\"box\":{\"start\":[1,2,3],\"stop\":[1,2,3,4,5]}} | box.start has 3",
                "{\"dataset\":\"a\",\"box\":{\"start\":[1,2,3],\"stop\":[0,2,3]}} | ends before it starts on axis z",
                "{\"dataset\":\"a\",\"box\":{\"begin\":[1,2,3]}} | field 'box.begin'",
                "{\"dataset\":\"a\",\"box\":[1]} | 'box' is an object",
                "{\"dataset\":\"a\",\"box\":{\"start\":[1,2,3],\"stop\":[4,5,6]},\"origins\":[]} | not both",
            })
    void refusesWhatIsWrong(String command, String says) {
        refused(() -> read(command), says);
    }

    @Test
    void refusesLongCommandsUnread() {
        refused(() -> read("{" + " ".repeat(4000)), "at most 4000 bytes, this one has 4001");
        refused(() -> read("{\"dataset\":" + "[".repeat(100)), "");
    }

    @Test
    void saysWhatIsNotThereYet() {
        for (String field : List.of("sql", "sample")) {
            assertThatThrownBy(() -> read("{\"dataset\": \"a\", \"" + field + "\": \"x\"}"))
                    .isInstanceOfSatisfying(ServiceException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED);
                        assertThat(e).hasMessageContaining("'" + field + "'");
                    });
        }
    }

    private BlockRequest read(String command) {
        return reader.command(command.getBytes(StandardCharsets.UTF_8));
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String says) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ServiceException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
            assertThat(e.line()).contains(says).doesNotContain("\n").hasSizeLessThan(400);
        });
    }
}
