"""ADBC's Flight SQL driver: what its own validation suite asks of a driver, as far as it goes for a read-only service.

`docs/sql-clients.md` lists the suite's tests beside these.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import threading
import uuid
import warnings
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import adbc_driver_flightsql.dbapi as adbc
import numpy as np
import pyarrow as pa
import pytest
from adbc_driver_flightsql import ConnectionOptions, DatabaseOptions, StatementOptions
from adbc_driver_manager import AdbcStatusCode

from harness import eventually

if TYPE_CHECKING:
    Arrays = dict[str, np.ndarray[Any, Any]]

TABLES = ("acquisitions", "chunks", "datasets", "labels", "levels")
# counts what no machine counts within the limits of a statement, and sends no row before
ENDLESS = (
    "SELECT count(*) AS n FROM generate_series(1, 10000000) AS a (x) CROSS JOIN generate_series(1, 10000000) AS b (y)"
)
# sends rows at once, and more than a client takes
ROWS = "SELECT a.x FROM generate_series(1, 10000) AS a (x) CROSS JOIN generate_series(1, 1000) AS b (y)"
INCREMENTAL = {"adbc.statement.exec.incremental": "true"}


def ask(connection: adbc.Connection, text: str, parameters: Any = None) -> pa.Table:
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        return cursor.fetch_arrow_table()


def goes_on(connection: adbc.Connection) -> None:
    """Check that a connection still answers."""
    assert ask(connection, "SELECT 1 AS one").to_pylist() == [{"one": 1}]


def read(handle: Any) -> pa.Table:
    """Return all rows of a result of the low-level interface."""
    return pa.RecordBatchReader._import_from_c(handle.address).read_all()


# databases and connections


def test_connections_are_independent(dbapi: adbc.Connection, address: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a clone tries to turn autocommit off
        clone = dbapi.adbc_clone()
    with adbc.connect(address, autocommit=True) as second, clone:
        for connection in (second, clone, dbapi):
            goes_on(connection)
    second.close()  # once more
    goes_on(dbapi)


def test_a_user_may_log_in(address: str) -> None:
    with adbc.connect(address, db_kwargs={"username": "anyone", "password": "any"}, autocommit=True) as connection:
        goes_on(connection)


def test_headers_and_options_of_the_driver_are_taken(address: str) -> None:
    options = {
        DatabaseOptions.WITH_COOKIE_MIDDLEWARE.value: "true",
        DatabaseOptions.TIMEOUT_QUERY.value: "60",
        DatabaseOptions.WITH_MAX_MSG_SIZE.value: str(64 << 20),
        f"{DatabaseOptions.RPC_CALL_HEADER_PREFIX.value}x-request": "7",
    }
    with adbc.connect(address, db_kwargs=options, autocommit=True) as connection:
        goes_on(connection)


def test_there_are_no_transactions(dbapi: adbc.Connection, address: str) -> None:
    low = dbapi.adbc_connection
    assert low.get_option("adbc.connection.autocommit") == "true"
    low.set_options(**{"adbc.connection.autocommit": "true"})
    for call in (low.commit, low.rollback):
        with pytest.raises(adbc.ProgrammingError, match="autocommit is enabled") as refusal:
            call()
        assert refusal.value.status_code == AdbcStatusCode.INVALID_STATE
    with pytest.raises(adbc.NotSupportedError, match="server does not report transaction support"):
        low.set_autocommit(False)
    with pytest.raises(adbc.Error):
        low.set_options(**{"adbc.connection.autocommit": "invalid"})
    with pytest.warns(Warning, match="Cannot disable autocommit"):
        default = adbc.connect(address)
    with default:
        goes_on(default)
        default.commit()
        default.rollback()
        goes_on(default)


def test_the_session_has_one_catalog_and_schema(dbapi: adbc.Connection) -> None:
    assert dbapi.adbc_current_catalog == "voxelflight"
    assert dbapi.adbc_current_db_schema == "main"
    dbapi.adbc_current_catalog = "voxelflight"
    dbapi.adbc_current_db_schema = "main"
    with pytest.raises(adbc.ProgrammingError, match="invalid value"):
        dbapi.adbc_current_catalog = "thiscatalogdoesnotexist"
    with pytest.raises(adbc.ProgrammingError, match="invalid value"):
        dbapi.adbc_current_db_schema = "thisschemadoesnotexist"

    low = dbapi.adbc_connection
    session = low.get_option(ConnectionOptions.OPTION_SESSION_OPTIONS.value)
    assert json.loads(session) == {"catalog": "voxelflight", "schema": "main"}
    option = ConnectionOptions.OPTION_SESSION_OPTION_PREFIX.value
    assert low.get_option(f"{option}catalog") == "voxelflight"
    with pytest.raises(adbc.ProgrammingError, match="unknown session option 'colour'"):
        low.get_option(f"{option}colour")
    with pytest.raises(adbc.ProgrammingError, match=r"'colour' \(invalid name\)"):
        low.set_options(**{f"{option}colour": "blue"})
    goes_on(dbapi)


# metadata


def test_info(dbapi: adbc.Connection) -> None:
    info = dbapi.adbc_get_info()
    assert info["vendor_name"] == "Voxelflight"
    assert info["vendor_version"]
    assert info["vendor_arrow_version"]
    assert info["driver_name"] == "ADBC Flight SQL Driver - Go"
    one = dbapi.adbc_connection.get_info([0])
    assert [row["info_value"] for row in read(one).to_pylist()] == ["Voxelflight"]


def test_table_types(dbapi: adbc.Connection) -> None:
    assert dbapi.adbc_get_table_types() == ["TABLE"]


def objects(connection: adbc.Connection, **filters: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = connection.adbc_get_objects(**filters).read_all().to_pylist()
    return found


def schemas(connection: adbc.Connection, **filters: Any) -> list[tuple[str, str]]:
    return [
        (catalog["catalog_name"], schema["db_schema_name"])
        for catalog in objects(connection, **filters)
        for schema in catalog["catalog_db_schemas"]
    ]


def tables(connection: adbc.Connection, **filters: Any) -> list[dict[str, Any]]:
    return [
        table
        for catalog in objects(connection, **filters)
        for schema in catalog["catalog_db_schemas"]
        for table in schema["db_schema_tables"]
    ]


def names(connection: adbc.Connection, **filters: Any) -> list[str]:
    return [table["table_name"] for table in tables(connection, **filters)]


def test_catalogs(dbapi: adbc.Connection) -> None:
    ours = [{"catalog_name": "voxelflight", "catalog_db_schemas": None}]
    assert objects(dbapi, depth="catalogs") == ours
    for pattern in ("voxelflight", "voxel%", "voxelfligh_", "%"):
        assert objects(dbapi, depth="catalogs", catalog_filter=pattern) == ours
    assert objects(dbapi, depth="catalogs", catalog_filter="thiscatalogdoesnotexist") == []


def test_schemas(dbapi: adbc.Connection) -> None:
    ours = [("voxelflight", "main")]
    assert objects(dbapi, depth="db_schemas") == [
        {
            "catalog_name": "voxelflight",
            "catalog_db_schemas": [{"db_schema_name": "main", "db_schema_tables": None}],
        }
    ]
    for filters in ({"catalog_filter": "voxelflight"}, {"db_schema_filter": "m%"}, {"db_schema_filter": "_ain"}):
        assert schemas(dbapi, depth="db_schemas", **filters) == ours
    assert schemas(dbapi, depth="db_schemas", catalog_filter="voxelflight", db_schema_filter="main") == ours
    assert schemas(dbapi, depth="db_schemas", catalog_filter="thiscatalogdoesnotexist") == []
    assert schemas(dbapi, depth="db_schemas", db_schema_filter="thisschemadoesnotexist") == []


def test_tables(dbapi: adbc.Connection) -> None:
    found = tables(dbapi, depth="tables")
    assert sorted(table["table_name"] for table in found) == sorted(ask(dbapi, "SHOW TABLES").column(0).to_pylist())
    assert {table["table_name"] for table in found} >= set(TABLES)
    assert len({table["table_name"] for table in found}) == len(found)
    for table in found:
        assert table == {**table, "table_type": "TABLE", "table_columns": None, "table_constraints": None}

    assert names(dbapi, depth="tables", table_name_filter="chunks") == ["chunks"]
    assert names(dbapi, depth="tables", table_name_filter="chu%") == ["chunks"]
    assert names(dbapi, depth="tables", table_name_filter="_evels") == ["levels"]
    for nothing in (
        {"table_name_filter": "asdf%"},
        {"db_schema_filter": "thisschemadoesnotexist"},
        {"catalog_filter": "thiscatalogdoesnotexist"},
        {"table_types_filter": ["VIEW"]},
    ):
        assert names(dbapi, depth="tables", **nothing) == []
    assert set(names(dbapi, depth="tables", table_types_filter=["TABLE", "VIEW"])) >= set(TABLES)


@pytest.mark.parametrize("depth", ["columns", "all"])
def test_columns(dbapi: adbc.Connection, depth: str) -> None:
    for table in tables(dbapi, depth=depth):
        name = table["table_name"]
        schema = ask(dbapi, f"SELECT * FROM {name} LIMIT 0").schema
        described = {row["column_name"]: row["column_type"] for row in ask(dbapi, f"DESCRIBE {name}").to_pylist()}
        assert [column["column_name"] for column in table["table_columns"]] == schema.names
        assert [column["ordinal_position"] for column in table["table_columns"]] == list(range(1, len(schema) + 1))
        for column, field in zip(table["table_columns"], schema, strict=True):
            assert column["xdbc_type_name"] == described[field.name]
            assert column["xdbc_scope_table"] == name
            assert column["xdbc_is_autoincrement"] is False
        assert table["table_constraints"] == []


def test_columns_are_filtered(dbapi: adbc.Connection) -> None:
    (table,) = tables(dbapi, depth="columns", table_name_filter="levels", column_name_filter="chunk%")
    assert [column["column_name"] for column in table["table_columns"]] == ["chunk_shape", "chunks"]
    schema = dbapi.adbc_get_table_schema("levels")
    for column in table["table_columns"]:
        assert column["ordinal_position"] == schema.get_field_index(column["column_name"]) + 1
    (table,) = tables(dbapi, depth="all", table_name_filter="levels", column_name_filter="thiscolumndoesnotexist")
    assert table["table_columns"] == []


def test_the_schema_of_a_table_is_that_of_its_rows(dbapi: adbc.Connection) -> None:
    for name in names(dbapi, depth="tables"):
        schema = dbapi.adbc_get_table_schema(name)
        rows = ask(dbapi, f"SELECT * FROM {name} LIMIT 1").schema
        assert schema.equals(rows), name
        with dbapi.cursor() as cursor:
            assert cursor.adbc_execute_schema(f"SELECT * FROM {name}").equals(rows), name
        assert dbapi.adbc_get_table_schema(name, catalog_filter="voxelflight", db_schema_filter="main") == schema
        # the driver leaves comments out of get_objects, here they are
        comments = ask(
            dbapi,
            "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index",
            (name,),
        )
        remarks = [(field.metadata or {}).get(b"ARROW:FLIGHT:SQL:REMARKS", b"").decode() for field in schema]
        assert remarks == [comment or "" for comment in comments.column("comment").to_pylist()]


@pytest.mark.parametrize("name", ["thistabledoesnotexist", "(SELECT CURRENT_TIME)", "chunk_", "ch'; --", ""])
def test_no_such_table(dbapi: adbc.Connection, name: str) -> None:
    with pytest.raises(adbc.ProgrammingError) as refusal:
        dbapi.adbc_get_table_schema(name)
    assert refusal.value.status_code == AdbcStatusCode.NOT_FOUND
    with pytest.raises(adbc.ProgrammingError) as refusal:
        dbapi.adbc_get_table_schema("chunks", db_schema_filter="otherschema")
    assert refusal.value.status_code == AdbcStatusCode.NOT_FOUND


def test_statistics_are_refused(dbapi: adbc.Connection) -> None:
    with pytest.raises(adbc.NotSupportedError):
        dbapi.adbc_get_statistics().read_all()
    with pytest.raises(adbc.NotSupportedError):
        dbapi.adbc_get_statistic_names().read_all()
    goes_on(dbapi)


# queries


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("SELECT 42", pa.int32(), 42),
        ("SELECT CAST(7 AS smallint)", pa.int16(), 7),
        ("SELECT CAST(9223372036854775807 AS bigint)", pa.int64(), 2**63 - 1),
        ("SELECT CAST(1.5 AS float)", pa.float32(), 1.5),
        ("SELECT CAST(1.5 AS double)", pa.float64(), 1.5),
        ("SELECT 'infinity'::double", pa.float64(), float("inf")),
        ("SELECT 'SaShiSuSeSo'", pa.string(), "SaShiSuSeSo"),
        ("SELECT 'Hello, 世界 🚀'", pa.string(), "Hello, 世界 🚀"),
        ("SELECT ''", pa.string(), ""),
        ("SELECT true", pa.bool_(), True),
        ("SELECT CAST(NULL AS bigint)", pa.int64(), None),
        ("SELECT CAST(123.45 AS decimal(10,2))", pa.decimal128(10, 2), Decimal("123.45")),
        ("SELECT 'abc'::blob", pa.binary(), b"abc"),
        ("SELECT DATE '2023-05-15'", pa.date32(), datetime.date(2023, 5, 15)),
        ("SELECT TIME '13:45:31.123456'", pa.time64("us"), datetime.time(13, 45, 31, 123456)),
        (
            "SELECT TIMESTAMP '2023-05-15 13:45:30.123456'",
            pa.timestamp("us"),
            datetime.datetime(2023, 5, 15, 13, 45, 30, 123456),
        ),
        (
            "SELECT CAST('2023-05-15 13:45:30+02' AS timestamptz)",
            pa.timestamp("us", "UTC"),
            datetime.datetime(2023, 5, 15, 11, 45, 30, tzinfo=datetime.timezone.utc),
        ),
        ("SELECT INTERVAL '36' HOUR", pa.duration("us"), datetime.timedelta(hours=36)),
        ("SELECT [1, 2, NULL]", pa.list_(pa.int32()), [1, 2, None]),
    ],
)
def test_types_of_results(dbapi: adbc.Connection, text: str, kind: pa.DataType, value: Any) -> None:
    with dbapi.cursor() as cursor:
        planned = cursor.adbc_execute_schema(text)
        cursor.execute(text)
        assert cursor.description is not None
        table = cursor.fetch_arrow_table()
        assert table.schema == planned
        assert table.schema.field(0).type == kind
        assert table.column(0).to_pylist() == [value]
        cursor.execute(text)
        assert cursor.fetchall() == [(value,)]
        assert cursor.rowcount in (-1, 1)


def test_no_rows(dbapi: adbc.Connection) -> None:
    with dbapi.cursor() as cursor:
        cursor.execute("SELECT * FROM datasets WHERE 1 = 0")
        assert cursor.fetchone() is None
        cursor.execute("SELECT * FROM datasets WHERE 1 = 0")
        assert cursor.fetchall() == []
        cursor.execute("SELECT * FROM datasets WHERE 1 = 0")
        table = cursor.fetch_arrow_table()
    assert table.num_rows == 0
    assert table.schema == dbapi.adbc_get_table_schema("datasets")


@pytest.mark.parametrize("end", [";", ";;;", ";;;\n\n", " ; ; -- a comment"])
def test_semicolons_at_the_end(dbapi: adbc.Connection, end: str) -> None:
    assert ask(dbapi, f"SELECT current_date{end}").num_rows == 1


def test_rows_come_in_parts(dbapi: adbc.Connection) -> None:
    with dbapi.cursor() as cursor:
        cursor.execute("SELECT x FROM generate_series(1, 100000) AS t (x) ORDER BY x")
        assert cursor.fetchone() == (1,)
        assert cursor.fetchmany(3) == [(2,), (3,), (4,)]
        assert [row[0] for row in cursor] == list(range(5, 100001))
        assert cursor.fetchone() is None


def test_an_aliasless_expression_has_a_name(dbapi: adbc.Connection) -> None:
    with dbapi.cursor() as cursor:
        assert cursor.adbc_execute_schema("SELECT id + 1 FROM chunks").names == ["id + 1"]


def test_statements_run_beside_each_other(dbapi: adbc.Connection) -> None:
    with dbapi.cursor() as first, dbapi.cursor() as second:
        first.execute("SELECT x FROM generate_series(1, 50000) AS t (x)")
        second.execute("SELECT x FROM generate_series(50001, 100000) AS t (x)")
        assert first.fetchone() == (1,)
        assert second.fetchone() == (50001,)
        assert len(first.fetchall()) == len(second.fetchall()) == 49999


def test_a_result_ends_with_its_statement(dbapi: adbc.Connection, address: str) -> None:
    with dbapi.cursor() as cursor:
        statement = cursor.adbc_statement
        statement.set_sql_query("SELECT 42 AS answer")
        first, _ = statement.execute_query()
        reader = pa.RecordBatchReader._import_from_c(first.address)
        second, rows = statement.execute_query()
        assert rows == -1
        assert read(second).to_pylist() == [{"answer": 42}]
        with contextlib.suppress(OSError, pa.ArrowException):  # may fail or end, and must not crash
            reader.read_all()
        reader.close()
    closed = adbc.connect(address, autocommit=True)
    cursor = closed.cursor()
    cursor.execute(ROWS)
    reader = cursor.fetch_record_batch()
    reader.read_next_batch()
    cursor.close()
    closed.close()
    with pytest.raises((OSError, pa.ArrowException)):
        reader.read_all()
    goes_on(dbapi)


# errors


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("SELECT nothing FROM", AdbcStatusCode.INVALID_ARGUMENT, "INVALID_ARGUMENT: the statement is not understood"),
        ("SELECT", AdbcStatusCode.INVALID_ARGUMENT, "line 1, column 1"),
        ("SELECT * FROM thistabledoesnotexist", AdbcStatusCode.NOT_FOUND, "NOT_FOUND: .*thistabledoesnotexist"),
        ("SELECT thiscolumn FROM chunks", AdbcStatusCode.NOT_FOUND, "NOT_FOUND: .*thiscolumn"),
        ("SELECT 1; SELECT 2", AdbcStatusCode.INVALID_ARGUMENT, "a second statement"),
        ("SELECT CAST(name AS integer) FROM datasets", AdbcStatusCode.INVALID_ARGUMENT, "invalid input syntax"),
    ],
)
def test_errors(dbapi: adbc.Connection, text: str, code: AdbcStatusCode, words: str) -> None:
    with dbapi.cursor() as cursor:
        for _ in range(2):
            with pytest.raises(adbc.Error, match=words) as failure:
                cursor.execute(text).fetchall()
            assert failure.value.status_code == code
            assert "\n" not in str(failure.value)
        cursor.execute("SELECT 1")
        assert cursor.fetchall() == [(1,)]
    goes_on(dbapi)


def test_what_is_no_query(dbapi: adbc.Connection) -> None:
    with dbapi.cursor() as cursor:
        for _ in range(2):  # the second time the driver does not prepare it
            with pytest.raises(adbc.Error, match="UNSUPPORTED: a statement that begins with 'this' is not supported"):
                cursor.execute("this is not a query")
    goes_on(dbapi)


def test_errors_of_the_schema_alone(dbapi: adbc.Connection) -> None:
    with dbapi.cursor() as cursor, pytest.raises(adbc.ProgrammingError, match=r"NOT_FOUND: .*'nope'"):
        cursor.adbc_execute_schema("SELECT nope FROM chunks")


def test_an_unset_query(dbapi: adbc.Connection) -> None:
    with dbapi.cursor() as cursor, pytest.raises(adbc.ProgrammingError) as refusal:
        cursor.adbc_statement.prepare()
    assert refusal.value.status_code == AdbcStatusCode.INVALID_STATE


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("DELETE FROM chunks", None),
        ("DELETE FROM chunks WHERE id = ?", (1,)),
        ("INSERT INTO chunks (id) VALUES (?)", (1,)),
        ("UPDATE datasets SET name = 'x'", None),
        ("CREATE TABLE t (a INTEGER)", None),
        ("DROP TABLE chunks", None),
    ],
)
def test_writes_are_refused(dbapi: adbc.Connection, text: str, parameters: Any) -> None:
    with dbapi.cursor() as cursor:
        with pytest.raises(adbc.Error, match=f"UNSUPPORTED: {text.split()[0]} is not supported: .*read-only"):
            cursor.execute(text, parameters)
        cursor.adbc_statement.set_sql_query(text)
        with pytest.raises(adbc.NotSupportedError, match=r"UNSUPPORTED: an update is not supported: .*read-only"):
            cursor.adbc_statement.execute_update()
        with pytest.raises(adbc.NotSupportedError, match=r"UNSUPPORTED: an update is not supported: .*read-only"):
            cursor.executescript(text)
    goes_on(dbapi)


@pytest.mark.parametrize("mode", ["create", "append", "replace", "create_append"])
def test_ingestion_is_refused(dbapi: adbc.Connection, mode: Any) -> None:
    with dbapi.cursor() as cursor:
        with pytest.raises(adbc.NotSupportedError, match="UNSUPPORTED: bulk ingestion is not supported") as refusal:
            cursor.adbc_ingest("bulk_ingest", pa.table({"int64s": [42, -42, None]}), mode=mode)
        assert refusal.value.status_code == AdbcStatusCode.NOT_IMPLEMENTED
    assert "bulk_ingest" not in names(dbapi, depth="tables")


def test_substrait_is_refused(dbapi: adbc.Connection) -> None:
    with dbapi.cursor() as cursor, pytest.raises(adbc.NotSupportedError, match="UNSUPPORTED: Substrait"):
        cursor.execute(b"a plan")


# parameters


UTC = datetime.timezone.utc
ID = uuid.UUID("01234567-89ab-cdef-fedc-ba9876543210")
PARAMETERS: list[tuple[str, pa.Array]] = [
    ("boolean", pa.array([True, False, None])),
    ("smallint", pa.array([-(2**15), 2**15 - 1, None], pa.int16())),
    ("smallint", pa.array([-128, 127], pa.int8())),
    ("smallint", pa.array([0, 255], pa.uint8())),
    ("integer", pa.array([-(2**31), 2**31 - 1, None], pa.int32())),
    ("integer", pa.array([0, 2**16 - 1], pa.uint16())),
    ("bigint", pa.array([-(2**63), 2**63 - 1, None], pa.int64())),
    ("bigint", pa.array([0, 2**32 - 1], pa.uint32())),
    ("bigint", pa.array([0, 2**63 - 1], pa.uint64())),
    ("real", pa.array([1.5, float("inf"), None], pa.float32())),
    ("real", pa.array([1.5, -2.25, None], pa.float16())),
    ("double", pa.array([0.1, float("-inf"), None], pa.float64())),
    ("decimal(10,2)", pa.array([Decimal("123.45"), Decimal("-0.01"), None], pa.decimal128(10, 2))),
    ("decimal(10,2)", pa.array([Decimal("123.45"), None], pa.decimal256(10, 2))),
    ("varchar", pa.array(["", "it's", "back\\slash", "\u6f22\U0001f600", None])),
    ("varchar", pa.array(["a", None], pa.large_string())),
    ("varchar", pa.array(["a", "longer than twelve bytes", None], pa.string_view())),
    ("varchar", pa.nulls(2)),
    ("uuid", pa.array([str(ID), None])),
    ("blob", pa.array([b"", b"\x00\xff'\\", None])),
    ("blob", pa.array([b"a", None], pa.large_binary())),
    ("blob", pa.array([b"a", None], pa.binary_view())),
    ("blob", pa.array([b"abc", None], pa.binary(3))),
    ("date", pa.array([datetime.date(1, 1, 1), datetime.date(2024, 2, 29), None])),
    ("date", pa.array([datetime.date(1969, 12, 31)], pa.date64())),
    *(
        ("time", pa.array([datetime.time(1, 2, 3), None], kind))
        for kind in (pa.time32("s"), pa.time32("ms"), pa.time64("us"), pa.time64("ns"))
    ),
    ("time", pa.array([datetime.time(23, 59, 59, 999999)], pa.time64("us"))),
    *(
        ("timestamp", pa.array([datetime.datetime(2024, 2, 29, 1, 2, 3), None], pa.timestamp(unit)))
        for unit in ("s", "ms", "us", "ns")
    ),
    ("timestamp", pa.array([datetime.datetime(1969, 12, 31, 23, 59, 59, 999999)], pa.timestamp("us"))),
    *(
        ("timestamp with time zone", pa.array([datetime.datetime(2024, 2, 29, 1, 2, 3, tzinfo=UTC)], kind))
        for kind in (*(pa.timestamp(unit, "UTC") for unit in ("s", "ms", "us", "ns")), pa.timestamp("us", "Asia/Tokyo"))
    ),
]


@pytest.mark.parametrize(("kind", "values"), PARAMETERS, ids=[f"{kind}-{values.type}" for kind, values in PARAMETERS])
def test_types_of_parameters(dbapi: adbc.Connection, kind: str, values: pa.Array) -> None:
    """A statement runs once for each row of parameters, and what was bound comes back."""
    table = ask(dbapi, f"SELECT CAST(? AS {kind}) AS v", pa.record_batch([values], ["0"]))
    assert table.column("v").to_pylist() == values.to_pylist()


def test_nan_and_uuids_as_parameters(dbapi: adbc.Connection) -> None:
    for kind in (pa.float16(), pa.float32(), pa.float64()):
        bound = pa.record_batch([pa.array([float("nan")], kind)], ["0"])
        assert np.isnan(ask(dbapi, "SELECT CAST(? AS double) AS v", bound).column("v").to_numpy()).all()
    bound = pa.record_batch([pa.array([ID.bytes], pa.uuid())], ["0"])
    assert ask(dbapi, "SELECT CAST(? AS uuid) AS v", bound).column("v").to_pylist() == [str(ID)]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("boolean", True),
        ("bigint", 2**62),
        ("double", 1.5),
        ("varchar", "x"),
        ("varchar", None),
        ("blob", b"x"),
        ("date", datetime.date(2024, 2, 29)),
        ("timestamp", datetime.datetime(2024, 2, 29, 1, 2, 3, 456789)),
        ("time", datetime.time(1, 2, 3)),
        ("decimal(10,2)", Decimal("1.50")),
    ],
)
def test_python_values_as_parameters(dbapi: adbc.Connection, kind: str, value: Any) -> None:
    assert ask(dbapi, f"SELECT CAST(? AS {kind}) AS v", (value,)).column("v").to_pylist() == [value]


def test_parameters_in_conditions(dbapi: adbc.Connection, volumes: Arrays) -> None:
    text = "SELECT count(*) AS n FROM chunks WHERE dataset = ? AND level = ? AND z >= ? AND mean IS NOT NULL"
    shape = volumes["deep"].shape
    n = -(-shape[0] // 128) * -(-shape[1] // 128) * -(-shape[2] // 128)
    assert ask(dbapi, text, ("deep", 0, 0)).column("n").to_pylist() == [n]
    assert ask(dbapi, text, ("deep", 0, 128)).column("n").to_pylist() == [0]
    assert ask(dbapi, text, (None, 0, 0)).column("n").to_pylist() == [0]
    assert ask(dbapi, "SELECT count(*) AS n FROM datasets WHERE name = $1", ("deep",)).column("n").to_pylist() == [1]


def test_the_schema_of_parameters(dbapi: adbc.Connection) -> None:
    with dbapi.cursor() as cursor:
        assert cursor.adbc_prepare("SELECT 1 AS one") == pa.schema([])
        assert cursor.adbc_prepare("SELECT 1 + ?") == pa.schema([("$1", pa.int32())])
        schema = cursor.adbc_prepare("SELECT CAST(? AS bigint), CAST(? AS varchar)")
        assert schema == pa.schema([("$1", pa.int64()), ("$2", pa.string())])
        with pytest.raises(adbc.ProgrammingError, match=r"the type of the parameter .* write CAST\(\? AS type\)"):
            cursor.adbc_prepare("SELECT ?, ?")


def test_a_prepared_statement_is_run_again(dbapi: adbc.Connection) -> None:
    with dbapi.cursor() as cursor:
        statement = cursor.adbc_statement
        statement.set_sql_query("SELECT 1 + ? AS v")
        statement.prepare()
        for values in ([1, 2, 3, 4], [None], [-1]):
            statement.bind(pa.record_batch([pa.array(values, pa.int64())], ["0"]))
            rows, _ = statement.execute_query()
            assert read(rows).column("v").to_pylist() == [None if v is None else v + 1 for v in values]
    with dbapi.cursor() as cursor:
        statement = cursor.adbc_statement
        statement.set_sql_query("SELECT CAST(? AS bigint) AS a, CAST(? AS varchar) AS b")
        statement.prepare()
        bound = pa.table({"a": [42, -42, None], "b": ["", None, "bar"]})
        statement.bind_stream(bound.to_reader(max_chunksize=2))
        rows, _ = statement.execute_query()
        assert read(rows).to_pydict() == bound.to_pydict()


def test_wrong_parameters(dbapi: adbc.Connection) -> None:
    with pytest.raises(adbc.Error, match="the statement has 2 parameters, but 1 values are bound"):
        ask(dbapi, "SELECT CAST(? AS bigint), CAST(? AS varchar)", (1,))
    with pytest.raises(adbc.Error, match="the statement has 0 parameters, but 1 values are bound"):
        ask(dbapi, "SELECT 1", (1,))
    with pytest.raises(adbc.Error, match="the statement has 1 parameters and no values: bind them first"):
        ask(dbapi, "SELECT 1 + ?")
    with pytest.raises(adbc.Error, match="invalid input syntax for type bigint"):
        ask(dbapi, "SELECT id FROM chunks WHERE id = ?", ("one",))
    with pytest.raises(adbc.Error, match="dictionary-encoded"):
        ask(dbapi, "SELECT CAST(? AS varchar)", pa.record_batch([pa.array(["a"]).dictionary_encode()], ["0"]))
    with pytest.raises(adbc.Error, match=r"BIGINT ARRAY, which is not supported: write CAST"):
        ask(dbapi, "SELECT CAST(? AS bigint[])", ([1, 2],))
    goes_on(dbapi)


def test_executemany_is_for_updates(dbapi: adbc.Connection) -> None:
    """The driver sends it as an update, also a SELECT; rows of parameters are for execute."""
    with dbapi.cursor() as cursor:
        with pytest.raises(adbc.Error, match="UNSUPPORTED: DELETE is not supported"):
            cursor.executemany("DELETE FROM chunks WHERE id = ?", [(1,), (2,)])
        with pytest.raises(adbc.NotSupportedError, match="UNSUPPORTED: an update is not supported"):
            cursor.executemany("SELECT name FROM datasets WHERE name = ?", [("deep",), ("real",)])
    found = ask(dbapi, "SELECT name FROM datasets WHERE name = ?", pa.table({"name": ["deep", "no", "real"]}))
    assert found.column("name").to_pylist() == ["deep", "real"]


# long statements


def test_a_long_statement_is_cancelled(dbapi: adbc.Connection) -> None:
    failures: list[BaseException] = []
    with dbapi.cursor() as cursor:

        def run() -> None:
            try:
                cursor.execute(ENDLESS)
                cursor.fetchall()
            except BaseException as failure:
                failures.append(failure)

        thread = threading.Thread(target=run)
        thread.start()

        def over() -> bool:
            cursor.adbc_cancel()  # again, for it may not have begun
            return not thread.is_alive()

        assert eventually(over, 60)
    (failure,) = failures
    assert isinstance(failure, adbc.OperationalError), failure
    assert failure.status_code == AdbcStatusCode.CANCELLED
    goes_on(dbapi)


def test_a_stream_is_cancelled(dbapi: adbc.Connection) -> None:
    with dbapi.cursor() as cursor:
        cursor.execute(ROWS)
        reader = cursor.fetch_record_batch()
        assert reader.read_next_batch().num_rows > 0
        cursor.adbc_cancel()
        with pytest.raises(OSError, match="context canceled"):
            reader.read_all()
    goes_on(dbapi)


def test_a_stream_is_left(dbapi: adbc.Connection) -> None:
    for _ in range(40):  # more than statements run at once
        with dbapi.cursor() as cursor:
            cursor.execute(ROWS)
            assert cursor.fetchone() == (1,)
    goes_on(dbapi)


def test_a_timeout_ends_a_statement(dbapi: adbc.Connection) -> None:
    with dbapi.cursor(adbc_stmt_kwargs={StatementOptions.TIMEOUT_FETCH.value: "0.2"}) as cursor:
        with pytest.raises(adbc.OperationalError) as failure:
            cursor.execute(ENDLESS).fetchall()
    assert failure.value.status_code == AdbcStatusCode.TIMEOUT
    goes_on(dbapi)


def test_partitions_are_read_by_anybody(dbapi: adbc.Connection, address: str) -> None:
    text = "SELECT id, dataset FROM chunks WHERE dataset = ? ORDER BY id"
    whole = ask(dbapi, text, ("deep",))
    assert whole.num_rows > 0
    with dbapi.cursor() as cursor:
        partitions, schema = cursor.adbc_execute_partitions(text, ("deep",))
    assert schema == whole.schema
    for _ in range(2):
        with adbc.connect(address, autocommit=True) as other, other.cursor() as cursor:
            parts = []
            for partition in partitions:
                cursor.adbc_read_partition(partition)
                parts.append(cursor.fetch_arrow_table())
            assert pa.concat_tables(parts).equals(whole)
    with dbapi.cursor() as cursor, pytest.raises(adbc.Error):
        cursor.adbc_read_partition(b"no partition")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT id FROM chunks ORDER BY id",
        "SELECT count(*) AS n FROM generate_series(1, 3000000) AS t (x) WHERE x % 3 = 1",
    ],
)
def test_incremental_execution(dbapi: adbc.Connection, text: str) -> None:
    whole = ask(dbapi, text)
    with dbapi.cursor(adbc_stmt_kwargs=INCREMENTAL) as cursor:
        parts = []
        while True:
            partitions, schema = cursor.adbc_execute_partitions(text)
            assert schema == whole.schema
            if not partitions:
                break
            assert cursor.adbc_statement.get_option_bytes(StatementOptions.LAST_FLIGHT_INFO.value)
            assert 0 <= cursor.adbc_statement.get_option_float("adbc.statement.exec.progress") <= 1
            for partition in partitions:
                with dbapi.cursor() as reader:
                    reader.adbc_read_partition(partition)
                    parts.append(reader.fetch_arrow_table())
    assert pa.concat_tables(parts).equals(whole)


def test_incremental_execution_takes_parameters_and_tells_errors(dbapi: adbc.Connection) -> None:
    with dbapi.cursor(adbc_stmt_kwargs=INCREMENTAL) as cursor:
        (partition,), _ = cursor.adbc_execute_partitions("SELECT name FROM datasets WHERE name = ?", ("deep",))
        with dbapi.cursor() as reader:
            reader.adbc_read_partition(partition)
            assert reader.fetchall() == [("deep",)]
    with dbapi.cursor(adbc_stmt_kwargs=INCREMENTAL) as cursor:
        with pytest.raises(adbc.Error, match="invalid input syntax for type integer"):
            cursor.adbc_execute_partitions("SELECT CAST(name AS integer) FROM datasets")
    goes_on(dbapi)


# voxels


def test_a_tensor(dbapi: adbc.Connection, volumes: Arrays) -> None:
    text = "SELECT z, y, x, size_z, size_y, size_x, tensor FROM blocks('real') WHERE z = ? AND y = ? AND x = ?"
    with dbapi.cursor() as cursor:
        cursor.execute(text, (0, 0, 0))
        table = cursor.fetch_arrow_table()
        kind = table.schema.field("tensor").type
        assert str(kind).startswith("extension<arrow.fixed_shape_tensor")
        assert cursor.adbc_execute_schema("SELECT tensor FROM blocks('real')").field("tensor").type == kind
    (size,) = table.select(["size_z", "size_y", "size_x"]).to_pylist()
    inside = tuple(slice(size[f"size_{axis}"]) for axis in "zyx")
    tensor = table.column("tensor").chunk(0).to_numpy_ndarray()[0]
    np.testing.assert_array_equal(tensor[inside], volumes["real"][inside])
    with pytest.raises(adbc.Error, match="ORDER BY a tensor is not supported"):
        ask(dbapi, "SELECT tensor FROM blocks('real') ORDER BY tensor")
    with pytest.raises(adbc.Error, match="NOT_FOUND: there is no dataset 'nobody'"):
        ask(dbapi, "SELECT tensor FROM blocks('nobody')")


def test_tensors_in_partitions(dbapi: adbc.Connection) -> None:
    with dbapi.cursor() as cursor:
        partitions, schema = cursor.adbc_execute_partitions("SELECT tensor FROM blocks('real')")
        rows = 0
        for partition in partitions:
            cursor.adbc_read_partition(partition)
            table = cursor.fetch_arrow_table()
            assert table.schema == schema
            rows += table.num_rows
        cursor.execute("SELECT count(*) FROM blocks('real')")
        assert cursor.fetchone() == (rows,)
