"""SQLAlchemy through our dialect over ADBC: text, Core, reflection, pandas."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas
import pytest
import sqlalchemy as sa

import voxelflight
from harness import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    Arrays = dict[str, np.ndarray[Any, Any]]

TABLES = {"acquisitions", "chunks", "datasets", "labels", "levels"}


@pytest.fixture
def engine(volumes: Arrays, server: Server) -> Iterator[sa.Engine]:
    engine = sa.create_engine(server.address.replace("grpc://", "voxelflight://"))
    yield engine
    engine.dispose()


@pytest.fixture
def datasets(engine: sa.Engine) -> sa.Table:
    return sa.Table("datasets", sa.MetaData(), autoload_with=engine)


@pytest.fixture
def chunks(engine: sa.Engine) -> sa.Table:
    return sa.Table("chunks", sa.MetaData(), autoload_with=engine, schema="main")


def run(engine: sa.Engine, statement: Any, parameters: Any = None) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(statement, parameters))


def names(engine: sa.Engine, statement: Any) -> set[str]:
    return {row[0] for row in run(engine, statement)}


# connections


def test_urls(volumes: Arrays, server: Server) -> None:
    url = server.address.replace("grpc://", "voxelflight://")
    for more in ("/voxelflight", "/voxelflight/main", "?tls=false&adbc.flight.sql.rpc.timeout_seconds.query=60"):
        engine = sa.create_engine(url + more)
        assert run(engine, sa.text("SELECT 1")) == [(1,)]
        engine.dispose()
    user = sa.engine.make_url(url).set(username="anyone", password="any")
    engine = sa.create_engine(user)
    assert run(engine, sa.text("SELECT 1")) == [(1,)]
    engine.dispose()
    with pytest.raises(sa.exc.ArgumentError, match="there is no database 'other'"):
        sa.create_engine(url + "/other").connect()
    with pytest.raises(sa.exc.ArgumentError, match="option colour=blue is not known"):
        sa.create_engine(url + "?colour=blue").connect()


def test_a_connection(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert engine.dialect.name == "voxelflight"
        assert engine.dialect.server_version_info
        assert engine.dialect.default_schema_name == "main"
        assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1
        connection.commit()
        connection.rollback()
        assert connection.get_isolation_level() == "AUTOCOMMIT"
        # a failure leaves it usable
        with pytest.raises(sa.exc.ProgrammingError, match="NOT_FOUND: there is no column 'nope'"):
            connection.execute(sa.text("SELECT nope FROM datasets"))
        assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1
    with engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    pinged = sa.create_engine(engine.url, pool_pre_ping=True)
    for _ in range(2):
        assert run(pinged, sa.text("SELECT 1")) == [(1,)]
    pinged.dispose()


def test_rows_are_streamed(engine: sa.Engine) -> None:
    text = sa.text("SELECT x FROM generate_series(1, 100000) AS t (x)")
    with engine.connect().execution_options(stream_results=True) as connection:
        with connection.execute(text) as result:
            assert result.fetchmany(2) == [(1,), (2,)]
        assert connection.execute(text).scalars().fetchmany(3) == [1, 2, 3]
    assert len(run(engine, text)) == 100_000


# reflection


def test_the_inspector(engine: sa.Engine, client: voxelflight.Client) -> None:
    inspector = sa.inspect(engine)
    assert inspector.default_schema_name == "main"
    assert inspector.get_schema_names() == ["main"]
    assert set(inspector.get_table_names()) >= TABLES
    assert inspector.get_table_names("main") == inspector.get_table_names()
    assert inspector.get_table_names("nobody") == inspector.get_view_names() == inspector.get_temp_table_names() == []
    assert inspector.has_table("chunks")
    assert inspector.has_table("CHUNKS", schema="main")
    assert not inspector.has_table("nothing")
    for table in TABLES:
        schema = client.sql(f"SELECT * FROM {table} LIMIT 0").schema
        assert [column["name"] for column in inspector.get_columns(table)] == schema.names
        assert inspector.get_pk_constraint(table) == {"constrained_columns": [], "name": None}
        for nothing in (
            inspector.get_foreign_keys,
            inspector.get_indexes,
            inspector.get_unique_constraints,
            inspector.get_check_constraints,
        ):
            assert nothing(table) == []
        assert inspector.get_table_comment(table)["text"]
    for question in (inspector.get_columns, inspector.get_pk_constraint, inspector.get_table_comment):
        with pytest.raises(sa.exc.NoSuchTableError, match="nothing"):
            question("nothing")


def test_types_and_comments(engine: sa.Engine) -> None:
    columns = {column["name"]: column for column in sa.inspect(engine).get_columns("datasets")}
    assert columns["name"]["comment"] == "Unique name by which clients ask for it."
    assert columns["name"]["nullable"] is True
    kinds = {name: column["type"] for name, column in columns.items()}
    assert isinstance(kinds["name"], sa.VARCHAR)
    assert isinstance(kinds["id"], sa.Uuid)
    assert isinstance(kinds["levels"], sa.INTEGER)
    assert isinstance(kinds["chunks"], sa.BIGINT)
    assert isinstance(kinds["shape"], sa.ARRAY)
    assert isinstance(kinds["shape"].item_type, sa.BIGINT)
    assert isinstance(kinds["voxel_size"].item_type, sa.Float)
    assert isinstance(kinds["attrs"], sa.JSON)
    assert isinstance(kinds["created_at"], sa.TIMESTAMP)
    assert kinds["created_at"].timezone
    durations = sa.inspect(engine).get_columns("acquisitions")
    assert any(isinstance(column["type"], sa.Interval) for column in durations)


def test_tables_are_reflected(engine: sa.Engine) -> None:
    metadata = sa.MetaData()
    metadata.reflect(engine)
    assert set(metadata.tables) >= TABLES
    assert metadata.tables["chunks"].c.z.comment
    with pytest.raises(sa.exc.NoSuchTableError, match="nothing"):
        sa.Table("nothing", metadata, autoload_with=engine)


# statements


def test_text(engine: sa.Engine) -> None:
    text = sa.text("SELECT name FROM datasets WHERE name = :name OR name IN :others ORDER BY name")
    text = text.bindparams(sa.bindparam("others", expanding=True))
    assert run(engine, text, {"name": "deep", "others": ["real", "nobody"]}) == [("deep",), ("real",)]


def test_values(engine: sa.Engine, client: voxelflight.Client, datasets: sa.Table) -> None:
    (row,) = run(engine, sa.select(datasets).where(datasets.c.name == "validation_A"))
    described = client["validation_A"].dataset
    assert row.shape == list(described.shape)
    assert row.voxel_size == list(described.voxel_size or ())
    assert row.created_at == described.created_at
    assert row.id == described.id
    assert isinstance(row.attrs, dict)
    assert run(engine, sa.select(datasets.c.name).where(datasets.c.id == described.id)) == [("validation_A",)]


def test_literals_have_types(engine: sa.Engine) -> None:
    values = [
        1,
        2**40,
        1.5,
        0.1,
        "x",
        True,
        b"\x00\xff",
        datetime.date(2024, 2, 29),
        datetime.datetime(2024, 2, 29, 1, 2, 3, 456789),
        datetime.time(1, 2, 3),
    ]
    (row,) = run(engine, sa.select(*(sa.literal(value) for value in values), sa.null()))
    assert list(row) == [*values, None]
    added = sa.select(sa.literal(1) + sa.literal(2), sa.literal("a") + sa.literal("b"), sa.func.coalesce(None, 7))
    assert run(engine, added) == [(3, "ab", 7)]


def test_conditions(engine: sa.Engine, datasets: sa.Table, volumes: Arrays) -> None:
    name = datasets.c.name
    ours = sa.select(name).where(name.in_(list(volumes)))
    assert names(engine, ours) == set(volumes)
    assert names(engine, ours.where(name.in_([]))) == set()
    assert names(engine, ours.where(name.contains("ee"))) == {"deep"}
    assert names(engine, ours.where(name.startswith("val", autoescape=True))) == {"validation_A"}
    assert names(engine, ours.where(name.contains("n_A", autoescape=True))) == {"validation_A"}
    assert names(engine, ours.where(name.ilike("VALID%"))) == {"validation_A"}
    assert names(engine, ours.where(name.not_ilike("VALID%"))) == set(volumes) - {"validation_A"}
    assert names(engine, ours.where(name.regexp_match("[0-9]$"))) == {"training2"}
    assert names(engine, ours.where(~name.regexp_match("e"))) == {"training2", "validation_A"}
    assert names(engine, ours.where(sa.literal("fib25") == sa.any_(datasets.c.tags))) == {"validation_A"}
    assert names(engine, ours.where(datasets.c.modality.is_not(None))) == {"validation_A"}
    long_ago = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)
    assert names(engine, ours.where(datasets.c.created_at < long_ago)) == set()
    assert names(engine, ours.where(datasets.c.created_at.between(long_ago, sa.func.now()))) == set(volumes)
    assert names(engine, ours.where(datasets.c.attrs["ingestion"].is_not(None))) == set(volumes)


def test_expressions(engine: sa.Engine, datasets: sa.Table, chunks: sa.Table, volumes: Arrays) -> None:
    deep = sa.select(
        datasets.c.shape[1],
        datasets.c.name + "er",
        sa.case((datasets.c.name == "deep", 1), else_=2),
        datasets.c.name.regexp_replace("e+", "o"),
        sa.cast(datasets.c.levels, sa.Float),
        sa.cast(datasets.c.levels, sa.String),
        sa.cast(datasets.c.levels, sa.Numeric(10, 2)),
        datasets.c.chunks / 2,
        datasets.c.chunks // 2,
        sa.extract("year", datasets.c.created_at) > 2000,
    ).where(datasets.c.name == "deep")
    ((levels, count),) = run(engine, sa.select(datasets.c.levels, datasets.c.chunks).where(datasets.c.name == "deep"))
    (row,) = run(engine, deep)
    depth = volumes["deep"].shape[0]
    assert list(row) == [depth, "deeper", 1, "dop", float(levels), str(levels), levels, count / 2, count // 2, True]
    source = run(engine, sa.select(datasets.c.attrs["source"]["format"].as_string()).where(datasets.c.name == "deep"))
    assert source == [("NumPy",)]


def test_queries(engine: sa.Engine, datasets: sa.Table, chunks: sa.Table, volumes: Arrays) -> None:
    """Joins, groups, windows, common tables and pages."""
    shape = volumes["deep"].shape
    places = {
        (z, y, x) for z in range(0, shape[0], 128) for y in range(0, shape[1], 128) for x in range(0, shape[2], 128)
    }
    deep = sa.select(chunks.c.z, chunks.c.y, chunks.c.x).where(chunks.c.dataset == "deep", chunks.c.level == 0)
    assert set(map(tuple, run(engine, deep))) == places
    ordered = deep.order_by(chunks.c.z, chunks.c.y, chunks.c.x)
    assert run(engine, ordered.limit(1)) == [(0, 0, 0)]
    assert run(engine, ordered.offset(1)) == sorted(places)[1:]
    assert run(engine, ordered.limit(1).offset(1)) == sorted(places)[1:2]
    places_in = sa.tuple_(chunks.c.z, chunks.c.y).in_([(0, 0), (0, 128)])
    assert len(run(engine, deep.where(places_in))) == 2

    counted = (
        sa.select(datasets.c.name, sa.func.count(chunks.c.id).label("n"))
        .join_from(datasets, chunks, datasets.c.id == chunks.c.dataset_id)
        .where(chunks.c.level == 0, datasets.c.name == "deep")
        .group_by(datasets.c.name)
        .having(sa.func.count() > 0)
        .order_by(sa.desc("n"))
    )
    assert run(engine, counted) == [("deep", len(places))]
    day = sa.func.date_trunc("day", datasets.c.created_at).label("day")
    days = sa.select(day, sa.func.count().label("n")).where(datasets.c.name == "deep").group_by(day).order_by(day)
    ((found, n),) = run(engine, days)
    assert (found.hour, found.minute, n) == (0, 0, 1)
    ranked = sa.select(
        chunks.c.mean,
        sa.func.row_number().over(partition_by=chunks.c.dataset, order_by=chunks.c.mean.desc()).label("place"),
    ).where(chunks.c.dataset == "deep", chunks.c.level == 0)
    table = ranked.cte("ranked")
    best = run(engine, sa.select(table.c.mean).where(table.c.place == 1))
    assert best == run(engine, sa.select(sa.func.max(ranked.subquery().c.mean)))
    both = sa.union_all(sa.select(datasets.c.name).where(datasets.c.name == "deep"), sa.select(sa.literal("other")))
    assert sorted(run(engine, both)) == [("deep",), ("other",)]
    exists = sa.exists().where(chunks.c.dataset == datasets.c.name, chunks.c.level == 0)
    assert names(engine, sa.select(datasets.c.name).where(exists)) >= set(volumes)


def test_writes_are_refused(engine: sa.Engine, datasets: sa.Table, chunks: sa.Table) -> None:
    new = sa.Table("new", sa.MetaData(), sa.Column("a", sa.Integer))
    for statement in (
        sa.delete(chunks),
        sa.update(datasets).values(name="x"),
        sa.insert(datasets).values(name="x"),
        sa.schema.CreateTable(new),
    ):
        with pytest.raises(sa.exc.DBAPIError, match=r"UNSUPPORTED: .* is not supported: this server is read-only"):
            run(engine, statement)
    with pytest.raises(sa.exc.DBAPIError, match="UNSUPPORTED: CREATE is not supported"):
        new.create(engine)


# pandas


def test_pandas(engine: sa.Engine, datasets: sa.Table, volumes: Arrays) -> None:
    text = "SELECT dataset, count(*) AS n, max(vmax) AS top FROM chunks WHERE level = 0 GROUP BY dataset"
    frame = pandas.read_sql(text, engine).set_index("dataset")
    for name, array in volumes.items():
        assert frame.loc[name, "top"] == np.nanmax(array)
    frame = pandas.read_sql(sa.text("SELECT name FROM datasets WHERE name = :n"), engine, params={"n": "deep"})
    assert frame["name"].tolist() == ["deep"]
    frame = pandas.read_sql("SELECT name FROM datasets WHERE name = ?", engine, params=("deep",))
    assert frame["name"].tolist() == ["deep"]
    frame = pandas.read_sql(sa.select(datasets.c.name, datasets.c.shape).where(datasets.c.name == "deep"), engine)
    assert frame["shape"].tolist() == [list(volumes["deep"].shape)]
    parts = list(pandas.read_sql("SELECT x FROM generate_series(1, 25) AS t (x)", engine, chunksize=10))
    assert [len(part) for part in parts] == [10, 10, 5]
    table = pandas.read_sql_table("datasets", engine, columns=["name", "created_at", "attrs"], index_col="name")
    assert set(table.index) >= set(volumes)
    assert str(table["created_at"].dtype).startswith("datetime64[")
    assert isinstance(table.loc["deep", "attrs"], dict)
    assert set(pandas.read_sql_table("chunks", engine, schema="main")["dataset"]) >= set(volumes)
    with pytest.raises(sa.exc.DBAPIError, match="UNSUPPORTED: CREATE is not supported"):
        pandas.DataFrame({"a": [1]}).to_sql("new", engine)


# what Superset sends: browsing, SQL Lab, a table's preview, charts of tables and of virtual datasets


def test_superset(engine: sa.Engine, volumes: Arrays) -> None:
    inspector = sa.inspect(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1").fetchall()
    for schema in inspector.get_schema_names():
        for table in inspector.get_table_names(schema):
            for column in inspector.get_columns(table, schema):
                # what it shows for a column
                assert str(column["type"].compile(dialect=engine.dialect))
                assert json.dumps(column["comment"])
            inspector.get_pk_constraint(table, schema)
            inspector.get_foreign_keys(table, schema)
            inspector.get_indexes(table, schema)
            inspector.get_table_comment(table, schema)
    assert sa.inspect(engine).get_view_names("main") == []

    def frame(text: str) -> pandas.DataFrame:
        return pandas.read_sql(sa.text(text), engine)

    assert 0 < len(frame("SELECT * FROM main.chunks LIMIT 100")) <= 100
    # quoted as its identifiers are
    quote = engine.dialect.identifier_preparer.quote
    assert frame(f'SELECT {quote("COUNT(*)")} FROM (SELECT 1 AS "COUNT(*)") AS t').iloc[0, 0] == 1
    chart = frame(
        """
        SELECT DATE_TRUNC('day', created_at) AS __timestamp, dataset AS dataset, AVG(mean) AS "AVG(mean)",
               COUNT(*) AS "COUNT(*)", COUNT(DISTINCT dataset) AS "COUNT_DISTINCT(dataset)"
        FROM (SELECT * FROM main.chunks WHERE level = 0) AS virtual_table
        WHERE created_at >= CAST('2020-01-01 00:00:00.000000' AS TIMESTAMP)
          AND created_at < CAST('2100-01-01 00:00:00.000000' AS TIMESTAMP) AND dataset IN ('deep', 'real')
        GROUP BY DATE_TRUNC('day', created_at), dataset
        ORDER BY "COUNT(*)" DESC
        LIMIT 10000
        """
    )
    assert set(chart["dataset"]) == {"deep", "real"}
    assert set(chart["COUNT_DISTINCT(dataset)"]) == {1}
    # an engine that it does not know gets times as text
    frame("SELECT COUNT(*) AS n FROM main.chunks WHERE created_at >= '2020-01-01 00:00:00.000000' LIMIT 1000")
    # its chart of an expression, its filter's values, its count of rows, and what SQL Lab adds
    frame("SELECT dataset AS dataset, SUM(byte_size) / 1e9 AS size FROM main.chunks GROUP BY dataset LIMIT 1000")
    frame("SELECT DISTINCT dataset AS dataset FROM main.chunks ORDER BY dataset LIMIT 1000")
    assert frame(
        "SELECT COUNT(*) AS rowcount FROM (SELECT dataset FROM main.chunks GROUP BY dataset) AS rowcount_qry"
    ).size
    assert len(frame("SELECT * FROM (SELECT name FROM datasets) AS inner_qry LIMIT 1")) == 1
    frame("SELECT name AS name FROM main.datasets -- a comment\nLIMIT 1001")
    frame("SELECT MIN(created_at), MAX(created_at) FROM main.datasets")
    frame(
        """
        SELECT dataset AS dataset, "COUNT(*)" AS "COUNT(*)"
        FROM (SELECT dataset, COUNT(*) AS "COUNT(*)" FROM main.chunks GROUP BY dataset) AS virtual_table
        JOIN (SELECT dataset AS dataset__, COUNT(*) AS mme_inner__ FROM main.chunks
              GROUP BY dataset ORDER BY mme_inner__ DESC LIMIT 5) AS series_limit ON dataset = dataset__
        ORDER BY "COUNT(*)" DESC
        """
    )
    plan = frame("EXPLAIN SELECT * FROM main.chunks LIMIT 10")
    assert len(plan) > 0
