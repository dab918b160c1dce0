"""The chunk index holds what NumPy finds in every chunk of every level."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from reference import check_chunk, pyramid

if TYPE_CHECKING:
    import voxelflight

    Arrays = dict[str, np.ndarray[Any, Any]]

SIZES: dict[str, Any] = {
    "validation_A": (10.0,) * 3,
    "training2": (10.0,) * 3,
    "labels": (10.0,) * 3,
    "real": None,
    "deep": (40.0, 10.0, 10.0),
}


@pytest.mark.parametrize("name", SIZES)
def test_every_chunk(volumes: Arrays, client: voxelflight.Client, name: str) -> None:
    rows = client.sql("SELECT * FROM chunks WHERE dataset = ? ORDER BY level, z, y, x", [name]).to_pylist()
    levels = pyramid(volumes[name], SIZES[name], name == "labels")
    places = [
        (number, z, y, x)
        for number, level in enumerate(levels)
        for z in range(0, level.shape[0], 128)
        for y in range(0, level.shape[1], 128)
        for x in range(0, level.shape[2], 128)
    ]
    assert [(row["level"], row["z"], row["y"], row["x"]) for row in rows] == places
    for row in rows:
        check_chunk(row, levels[row["level"]], labels=name == "labels")
        assert (row["t"], row["c"]) == (0, 0)
    assert len({row["id"] for row in rows}) == len(rows)


def test_datasets_and_levels(volumes: Arrays, client: voxelflight.Client) -> None:
    for name, array in volumes.items():
        (dataset,) = client.sql(
            "SELECT name, kind, dtype, axes, shape, voxel_size, levels, chunks FROM datasets WHERE name = ?", [name]
        ).to_pylist()
        levels = pyramid(array, SIZES[name], name == "labels")
        assert dataset == {
            "name": name,
            "kind": "labels" if name == "labels" else "image",
            "dtype": array.dtype.name,
            "axes": "zyx",
            "shape": list(array.shape),
            "voxel_size": list(SIZES[name]) if SIZES[name] else None,
            "levels": len(levels),
            "chunks": sum(math.prod(-(-n // 128) for n in level.shape) for level in levels),
        }
        stored = client.sql("SELECT level, shape, byte_size FROM levels WHERE dataset = ? ORDER BY level", [name])
        assert stored.column("shape").to_pylist() == [list(level.shape) for level in levels]
        sums = client.sql(
            "SELECT level, sum(byte_size) AS total FROM chunks WHERE dataset = ? GROUP BY level ORDER BY level", [name]
        )
        assert [int(total) for total in sums.column("total").to_pylist()] == stored.column("byte_size").to_pylist()
