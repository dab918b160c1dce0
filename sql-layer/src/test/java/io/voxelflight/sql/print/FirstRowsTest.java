package io.voxelflight.sql.print;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.voxelflight.sql.SampleCatalog;
import io.voxelflight.sql.SqlEngine;
import io.voxelflight.sql.SqlLimits;
import io.voxelflight.sql.execute.PreparedQuery;
import io.voxelflight.sql.translate.Visibility;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The first rows of a result, and whether there were more. */
@Timeout(60)
class FirstRowsTest {
    @ParameterizedTest
    @CsvSource({"100000,5,true", "100000,1000,true", "5,5,false", "5,6,false", "0,5,false", "3,0,true"})
    void writesNoMoreThanAsked(long rows, long most, boolean cut) throws Exception {
        try (BufferAllocator memory = new RootAllocator();
                SqlEngine engine = new SqlEngine(SampleCatalog.database().readOnly(), memory, SqlLimits.DEFAULT)) {
            PreparedQuery query =
                    engine.prepare("SELECT i FROM generate_series(1, " + rows + ") AS t(i)", Visibility.ALL);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            PrintedResult.Written written = PrintedResult.write(
                    query, engine.execution(query, List.of(List.of())), ResultFormat.DOCUMENT, most, out);
            assertThat(written).isEqualTo(new PrintedResult.Written(Math.min(rows, most), cut));
            JsonNode document = new ObjectMapper().readTree(out.toByteArray());
            assertThat(document.path("rows")).hasSize((int) Math.min(rows, most));
            assertThat(document.path("truncated").asBoolean()).isEqualTo(cut);
            assertThat(engine.allocator().getAllocatedMemory()).isZero();
            // the connection is good for the next one
            assertThat(PrintedResult.write(query, engine.execution(query, List.of(List.of())), ResultFormat.CSV, out))
                    .isEqualTo(rows);
        }
    }
}
