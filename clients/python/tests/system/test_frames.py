"""pandas, polars and DuckDB over ADBC: what their users write, and values that are missing."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any

import adbc_driver_flightsql.dbapi as adbc
import duckdb
import numpy as np
import pandas
import polars
import pytest

from harness import ROOT, Server

if TYPE_CHECKING:
    Arrays = dict[str, np.ndarray[Any, Any]]

# every kind of value, and each missing
KINDS = """
SELECT * FROM (VALUES (1, true, 1.5, 'nan'::double, 'x', DATE '2024-02-29', TIMESTAMP '2024-02-29 01:02:03.456789',
                       INTERVAL '90' MINUTE, CAST(2.50 AS decimal(5,2)), [1, NULL]),
                      (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL))
AS t (i, yes, real, nothing, name, day, moment, took, money, list) ORDER BY i
"""


def tops(volumes: Arrays) -> dict[str, float]:
    return {name: float(np.nanmax(array)) for name, array in volumes.items()}


TOPS = "SELECT dataset, count(*) AS n, max(vmax) AS top FROM chunks WHERE level = 0 GROUP BY dataset"


# pandas


def test_pandas_read_sql(volumes: Arrays, dbapi: adbc.Connection) -> None:
    frame = pandas.read_sql(TOPS, dbapi, index_col="dataset")
    assert {name: frame.loc[name, "top"] for name in volumes} == tops(volumes)
    assert frame["n"].dtype == np.int64
    arrow = pandas.read_sql(TOPS, dbapi, dtype_backend="pyarrow")
    assert str(arrow["n"].dtype) == "int64[pyarrow]"
    assert set(pandas.read_sql("datasets", dbapi)["name"]) >= set(volumes)
    table = pandas.read_sql_table("datasets", dbapi, schema="main", columns=["name", "created_at"])
    assert list(table.columns) == ["name", "created_at"]
    empty = pandas.read_sql("SELECT * FROM chunks WHERE false", dbapi)
    assert len(empty) == 0
    assert empty["mean"].dtype == np.float64
    # pandas itself does not do these with ADBC
    for more in ({"params": ("deep",)}, {"chunksize": 10}):
        with pytest.raises(NotImplementedError, match="not implemented for ADBC"):
            pandas.read_sql(TOPS, dbapi, **more)  # type: ignore[call-overload]
    with pytest.raises(pandas.errors.DatabaseError) as failure:
        pandas.DataFrame({"a": [1]}).to_sql("new", dbapi)
    assert "UNSUPPORTED: bulk ingestion" in str(failure.value.__cause__)


def test_fetch_df(dbapi: adbc.Connection) -> None:
    with dbapi.cursor() as cursor:
        frame = cursor.execute(KINDS).fetch_df()
    assert list(frame.columns) == ["i", "yes", "real", "nothing", "name", "day", "moment", "took", "money", "list"]
    first = frame.iloc[0]
    assert (first["i"], first["yes"], float(first["real"]), first["name"]) == (1, True, 1.5, "x")
    assert np.isnan(first["nothing"])
    assert first["moment"] == pandas.Timestamp("2024-02-29 01:02:03.456789")
    assert first["took"] == pandas.Timedelta(minutes=90)
    assert str(first["money"]) == "2.50"
    assert first["list"][0] == 1
    missing = frame.drop(columns=["i"]).iloc[1]
    assert missing.isna().all()


# polars


def test_polars_read_database(volumes: Arrays, dbapi: adbc.Connection) -> None:
    frame = polars.read_database(TOPS, dbapi)
    found = dict(frame.select("dataset", "top").iter_rows())
    assert {name: found[name] for name in volumes} == tops(volumes)
    text = "SELECT name FROM datasets WHERE name = ?"
    chosen = polars.read_database(text, dbapi, execute_options={"parameters": ("deep",)})
    assert chosen["name"].to_list() == ["deep"]
    batches = list(
        polars.read_database("SELECT x FROM generate_series(1, 50000) AS t (x)", dbapi, iter_batches=True, batch_size=1)
    )
    assert sum(len(batch) for batch in batches) == 50_000
    empty = polars.read_database("SELECT * FROM chunks WHERE false", dbapi)
    assert empty.height == 0
    assert empty.schema["mean"] == polars.Float64
    with pytest.raises(adbc.NotSupportedError, match="UNSUPPORTED: bulk ingestion"):
        polars.DataFrame({"a": [1]}).write_database("new", dbapi)


@pytest.mark.filterwarnings("ignore:Cannot disable autocommit")
def test_polars_read_database_uri(volumes: Arrays, server: Server) -> None:
    uri = server.address.replace("grpc://", "flightsql://") + "?transport=tcp"
    frame = polars.read_database_uri(TOPS, uri, engine="adbc")
    assert set(frame["dataset"]) >= set(volumes)


def test_fetch_polars(dbapi: adbc.Connection) -> None:
    with dbapi.cursor() as cursor:
        frame = cursor.execute(KINDS).fetch_polars()
    assert frame.schema["took"] == polars.Duration("us")
    assert frame.schema["money"] == polars.Decimal(38, 2)
    assert frame.schema["list"] == polars.List(polars.Int32)
    first, second = frame.iter_rows(named=True)
    assert np.isnan(first["nothing"])
    assert first["took"] == datetime.timedelta(minutes=90)
    assert first["day"] == datetime.date(2024, 2, 29)
    assert first["list"] == [1, None]
    assert {name for name, value in second.items() if value is None} == set(frame.columns) - {"i"}


def test_a_frame_of_parameters(dbapi: adbc.Connection, volumes: Arrays) -> None:
    """Polars sends string views."""
    names = polars.DataFrame({"name": ["deep", "nobody, whose name is longer than a view holds", "real"]})
    with dbapi.cursor() as cursor:
        cursor.execute("SELECT name FROM datasets WHERE name = ?", names)
        assert cursor.fetch_polars()["name"].to_list() == ["deep", "real"]


# DuckDB


def test_duckdb_queries_a_result(dbapi: adbc.Connection, volumes: Arrays) -> None:
    """A stream is read once, and while DuckDB goes on."""
    with dbapi.cursor() as cursor, duckdb.connect() as database:
        cursor.execute("SELECT dataset, vmax, shape FROM chunks JOIN datasets d ON d.id = dataset_id")
        reader = cursor.fetch_record_batch()
        database.register("reader", reader)
        rows = database.sql("SELECT dataset, max(vmax), any_value(shape) FROM reader GROUP BY ALL").fetchall()
        found = {name: (top, shape) for name, top, shape in rows}
        assert {name: found[name] for name in volumes} == {
            name: (top, list(volumes[name].shape)) for name, top in tops(volumes).items()
        }


def test_duckdb_keeps_and_joins(dbapi: adbc.Connection, volumes: Arrays) -> None:
    with dbapi.cursor() as cursor, duckdb.connect() as database:
        datasets = cursor.execute("SELECT * FROM datasets").fetch_arrow_table()
        database.register("datasets", datasets)
        database.register("stream", cursor.execute("SELECT * FROM chunks WHERE level = 0").fetch_record_batch())
        database.execute("CREATE TABLE kept AS SELECT * FROM stream")
        (count,) = database.execute(
            "SELECT count(*) FROM kept k JOIN datasets d ON d.id = k.dataset_id WHERE d.name = 'deep'"
        ).fetchone() or (0,)
        shape = volumes["deep"].shape
        assert count == -(-shape[0] // 128) * -(-shape[1] // 128) * -(-shape[2] // 128)
        kinds = dict(row[:2] for row in database.execute("DESCRIBE datasets").fetchall())
        assert kinds["shape"] == "BIGINT[]"
        assert kinds["created_at"] == "TIMESTAMP WITH TIME ZONE"
        kinds_table = cursor.execute(KINDS).fetch_arrow_table()
        database.register("kinds", kinds_table)
        kinds = dict(row[:2] for row in database.execute("DESCRIBE kinds").fetchall())
        assert kinds["took"] == "INTERVAL"
        assert kinds["money"] == "DECIMAL(38,2)"
        assert database.execute("SELECT count(name), count(*) FROM kinds").fetchall() == [(1, 2)]


def test_duckdb_reads_voxels(dbapi: adbc.Connection, volumes: Arrays) -> None:
    """An extension type that DuckDB does not know is the list that it is stored as."""
    with dbapi.cursor() as cursor, duckdb.connect() as database:
        cursor.execute("SELECT z, tensor FROM blocks('deep') WHERE z = 0 AND y = 0 AND x = 0")
        database.register("voxels", cursor.fetch_arrow_table())
        ((z, first),) = database.execute("SELECT z, tensor[1] FROM voxels").fetchall()
    assert (z, first) == (0, int(volumes["deep"][0, 0, 0]))


@pytest.mark.filterwarnings("ignore:Cannot disable autocommit")
def test_the_code_of_the_page_runs(volumes: Arrays, server: Server) -> None:
    page = (ROOT / "docs" / "sql-clients.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(blocks) >= 3
    for block in blocks:
        exec(block.replace("127.0.0.1:8815", server.address.removeprefix("grpc://")), {})
