"""SQL through our client, ADBC, pandas and polars, and on the command line."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import adbc_driver_flightsql.dbapi as adbc
import numpy as np
import pyarrow as pa
import pytest

import voxelflight
from harness import Home

if TYPE_CHECKING:
    Arrays = dict[str, np.ndarray[Any, Any]]

CONTRAST = (
    "SELECT z, y, x, stddev FROM chunks WHERE dataset = 'validation_A' AND level = 0 ORDER BY stddev DESC LIMIT 5"
)


def highest_contrast(array: np.ndarray[Any, Any]) -> list[tuple[int, int, int]]:
    places = [
        (z, y, x)
        for z in range(0, array.shape[0], 128)
        for y in range(0, array.shape[1], 128)
        for x in range(0, array.shape[2], 128)
    ]
    places.sort(key=lambda p: -float(array[p[0] : p[0] + 128, p[1] : p[1] + 128, p[2] : p[2] + 128].std()))
    return places[:5]


def test_a_table(volumes: Arrays, client: voxelflight.Client) -> None:
    table = client.sql(CONTRAST)
    assert isinstance(table, pa.Table)
    assert table.column_names == ["z", "y", "x", "stddev"]
    assert [str(kind) for kind in table.schema.types] == ["int64", "int64", "int64", "double"]
    found = list(zip(*(table.column(axis).to_pylist() for axis in "zyx"), strict=True))
    assert found == highest_contrast(volumes["validation_A"])


def test_no_rows(volumes: Arrays, client: voxelflight.Client) -> None:
    table = client.sql("SELECT name, shape FROM datasets WHERE name = 'nobody'")
    assert table.num_rows == 0
    assert table.column_names == ["name", "shape"]


def test_types(volumes: Arrays, client: voxelflight.Client) -> None:
    (row,) = client.sql("SELECT * FROM datasets WHERE name = 'validation_A'").to_pylist()
    described = client["validation_A"].dataset
    assert row["name"] == described.name
    assert row["shape"] == list(described.shape)
    assert row["voxel_size"] == list(described.voxel_size or ())
    assert row["tags"] == list(described.tags)
    assert row["created_at"] == described.created_at
    assert str(row["id"]) == described.id


def test_parameters(volumes: Arrays, client: voxelflight.Client) -> None:
    ours = ", ".join(f"'{name}'" for name in volumes)  # other tests leave datasets of their own
    text = f"SELECT name FROM datasets WHERE dtype = ? AND levels >= ? AND name IN ({ours}) ORDER BY name"
    assert client.sql(text, ["uint8", 2]).column("name").to_pylist() == ["training2", "validation_A"]
    quote = "it's; DROP TABLE datasets --"
    assert client.sql("SELECT name FROM datasets WHERE name = ?", [quote]).num_rows == 0
    assert client.sql("SELECT count(*) AS n FROM chunks WHERE dataset = ? AND mean > ?", ["deep", 0.5]).num_rows == 1
    assert client.sql("SELECT count(*) AS n FROM datasets", []).column("n").to_pylist()[0] >= len(volumes)
    with pytest.raises(voxelflight.InvalidArgumentError, match="2 parameters, 1 values were given"):
        client.sql(text, ["uint8"])
    with pytest.raises(voxelflight.InvalidArgumentError, match="parameter 2: 'many' is no int"):
        client.sql(text, ["uint8", "many"])
    with pytest.raises(voxelflight.InvalidArgumentError, match="a list of values"):
        client.sql(text, {"dtype": "uint8"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT colour FROM datasets", "colour"),
        ("SELECT * FROM nowhere", "nowhere"),
        ("SELEKT 1", "SELEKT"),
        ("DELETE FROM chunks", ""),
        ("SELECT 1; SELECT 2", ""),
        ("SELECT pg_sleep(10)", "pg_sleep"),
        ("SELECT * FROM voxelflight.dataset", ""),
        ("", ""),
    ],
)
def test_wrong_sql(volumes: Arrays, client: voxelflight.Client, text: str, words: str) -> None:
    with pytest.raises(voxelflight.VoxelflightError) as refusal:
        client.sql(text)
    assert refusal.value.code in ("INVALID_ARGUMENT", "NOT_FOUND", "UNSUPPORTED")
    assert words.lower() in str(refusal.value).lower()
    with pytest.raises(voxelflight.VoxelflightError):
        client.sql(text, [])


def test_many_rows_come_in_order(volumes: Arrays, client: voxelflight.Client) -> None:
    table = client.sql(
        "SELECT a.id AS a, b.id AS b FROM chunks a CROSS JOIN chunks b CROSS JOIN chunks c ORDER BY a.id, b.id, c.id"
    )
    chunks = client.sql("SELECT count(*) AS n FROM chunks").column("n")[0].as_py()
    assert table.num_rows == chunks**3
    first, second = table.column("a").to_numpy(), table.column("b").to_numpy()
    assert (np.diff(first) >= 0).all()
    assert (np.diff(second)[np.diff(first) == 0] >= 0).all()


def test_adbc(volumes: Arrays, dbapi: adbc.Connection) -> None:
    with dbapi.cursor() as cursor:
        cursor.execute(CONTRAST)
        assert cursor.description is not None
        assert [column[0] for column in cursor.description] == ["z", "y", "x", "stddev"]
        assert [row[:3] for row in cursor.fetchall()] == highest_contrast(volumes["validation_A"])
        cursor.execute("SELECT name FROM datasets WHERE name = ?", ("deep",))
        assert cursor.fetchall() == [("deep",)]
        cursor.execute(CONTRAST)
        assert cursor.fetch_arrow_table().num_rows == 5
        with pytest.raises(adbc.Error, match="colour"):
            cursor.execute("SELECT colour FROM datasets")
        cursor.execute("SELECT 1 AS one")
        assert cursor.fetchone() == (1,)


def test_adbc_metadata(volumes: Arrays, dbapi: adbc.Connection) -> None:
    objects = dbapi.adbc_get_objects(depth="all").read_all().to_pylist()
    tables = {
        table["table_name"]: [column["column_name"] for column in table["table_columns"]]
        for catalog in objects
        for schema in catalog["catalog_db_schemas"]
        for table in schema["db_schema_tables"]
    }
    assert {"datasets", "acquisitions", "levels", "chunks"} <= set(tables)
    assert tables["acquisitions"] == ["id", "dataset_id", "dataset", "instrument", "started_at", "duration", "attrs"]
    schema = dbapi.adbc_get_table_schema("chunks")
    assert schema.field("stddev").type == pa.float64()
    assert dbapi.adbc_get_info()["vendor_name"]


def test_pandas(volumes: Arrays, dbapi: adbc.Connection) -> None:
    import pandas

    frame = pandas.read_sql("SELECT dataset, count(*) AS n, max(vmax) AS top FROM chunks GROUP BY dataset", dbapi)
    frame = frame.set_index("dataset")
    for name, array in volumes.items():
        assert frame.loc[name, "top"] == np.nanmax(array)


def test_polars(volumes: Arrays, dbapi: adbc.Connection) -> None:
    import polars

    frame = polars.read_database(CONTRAST, dbapi)
    assert frame.shape == (5, 4)
    assert list(frame.select("z", "y", "x").iter_rows()) == highest_contrast(volumes["validation_A"])


def test_the_command(volumes: Arrays, home: Home) -> None:
    """All formats print the same rows."""
    wanted = highest_contrast(volumes["validation_A"])
    rows = list(csv.reader(io.StringIO(home.succeed("sql", CONTRAST, "--format", "csv"))))
    assert rows[0] == ["z", "y", "x", "stddev"]
    assert [tuple(map(int, row[:3])) for row in rows[1:]] == wanted
    parsed = json.loads(home.succeed("sql", CONTRAST, "--format", "json"))
    assert [(row["z"], row["y"], row["x"]) for row in parsed] == wanted
    table = home.succeed("sql", CONTRAST)
    assert "stddev" in table


def check_tensors(table: pa.Table, image: np.ndarray[Any, Any]) -> None:
    """Compare the tensor of each row with the voxels at its place."""
    assert table.num_rows > 0
    places = table.drop_columns(["tensor"]).to_pylist()
    tensors = [
        tensor for chunk in table.column("tensor").chunks if len(chunk) > 0 for tensor in chunk.to_numpy_ndarray()
    ]
    for place, tensor in zip(places, tensors, strict=True):
        size = tuple(place[f"size_{axis}"] for axis in "zyx")
        part = image[tuple(slice(place[axis], place[axis] + n) for axis, n in zip("zyx", size, strict=True))]
        expected = np.zeros(tensor.shape, image.dtype)
        expected[tuple(slice(n) for n in size)] = part
        np.testing.assert_array_equal(tensor, expected, strict=True)


PLACE = "z, y, x, size_z, size_y, size_x"


@pytest.mark.parametrize("name", ["validation_A", "labels", "real", "deep"])
def test_voxels_come_with_the_rows_that_sql_chooses(volumes: Arrays, client: voxelflight.Client, name: str) -> None:
    table = client.sql(f"SELECT {PLACE}, tensor FROM blocks('{name}') ORDER BY stddev DESC LIMIT 9")
    assert str(table.schema.field("tensor").type).startswith("extension<arrow.fixed_shape_tensor")
    check_tensors(table, volumes[name])


def test_voxels_through_adbc(volumes: Arrays, dbapi: adbc.Connection) -> None:
    with dbapi.cursor() as cursor:
        cursor.execute(f"SELECT {PLACE}, tensor FROM blocks('deep') WHERE mean > ? ORDER BY z, y, x", (1.0,))
        check_tensors(cursor.fetch_arrow_table(), volumes["deep"])


def test_voxels_of_a_registered_volume(volumes: Arrays, home: Home, client: voxelflight.Client) -> None:
    home.succeed("register", home.location("validation_A"), "--name", "in-place")
    table = client.sql(f"SELECT {PLACE}, mean, tensor FROM blocks('in-place') WHERE z >= 128")
    assert table.column("mean").null_count == table.num_rows == 2 * 3 * 3
    check_tensors(table.drop_columns(["mean"]), volumes["validation_A"])
    coarse = client.sql("SELECT count(*) FROM blocks('in-place', 1)")
    assert coarse[0][0].as_py() == 2 * 2 * 2


def test_a_tensor_is_no_number(volumes: Arrays, client: voxelflight.Client) -> None:
    with pytest.raises(voxelflight.VoxelflightError, match="ORDER BY a tensor is not supported"):
        client.sql("SELECT tensor FROM blocks('deep') ORDER BY tensor")
    with pytest.raises(voxelflight.NotFoundError, match="there is no dataset 'deeper'"):
        client.sql("SELECT tensor FROM blocks('deeper')")
