package io.voxelflight.sql.rewrite;

import java.util.List;
import org.apache.calcite.sql.SqlNode;

/** Says which columns a query has; leaves the query as it is. */
public interface ColumnFinder {
    /** Names in order, of a query in standard SQL. */
    List<String> columns(SqlNode query);
}
