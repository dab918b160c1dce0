"""Every voxel that is served is the voxel of the source: volumes, boxes, blocks and levels, both ways to the wire."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pyarrow import flight

import voxelflight
from harness import Home, Server, expected
from reference import cut, pyramid, sha256

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Arrays = dict[str, np.ndarray[Any, Any]]

NAMES = ["validation_A", "training2", "labels", "real", "deep"]
EXPECTED = {
    "validation_A": "fib25/validation_A.h5:/raw",
    "training2": "fib25/training2_tiff/",
    "labels": "fib25/training2_groundtruth.h5.gz:/stack (gunzip first)",
}


@pytest.fixture(scope="module")
def stock(
    make_home: Callable[[], Home], sources: Arrays, ingest_all: Callable[[Home, Arrays], None]
) -> Iterator[Server]:
    """Return a server that sends blocks by Arrow's own listener."""
    home = make_home()
    with Server(home, "--do-get", "stock", "--cache", "64MiB") as server:
        ingest_all(home, {name: sources[name] for name in ("validation_A", "labels", "real", "deep")})
        yield server


@pytest.fixture(params=["own", "stock"])
def both(request: pytest.FixtureRequest) -> Iterator[voxelflight.Client]:
    server: Server = request.getfixturevalue("server" if request.param == "own" else "stock")
    if request.param == "own":
        request.getfixturevalue("volumes")
    with voxelflight.connect(server.address) as client:
        yield client


@pytest.mark.parametrize("name", EXPECTED)
def test_every_voxel_as_one_array(volumes: Arrays, client: voxelflight.Client, name: str) -> None:
    known = expected(EXPECTED[name])
    volume = client[name]
    assert volume.dtype == np.dtype(known["dtype"])
    assert volume.shape == tuple(known["shape"])
    assert sha256(volume[...]) == known["sha256_c_order_le"]


def test_every_voxel_by_blocks(sources: Arrays, both: voxelflight.Client) -> None:
    volume = both["validation_A"]
    out = np.zeros(volume.shape, volume.dtype)
    count = 0
    with volume.blocks() as blocks:
        for block in blocks:
            z, y, x = block.origin
            out[z : z + 128, y : y + 128, x : x + 128] = block.inside
            assert not block.array[block.valid[0] :].any()
            assert not block.array[:, block.valid[1] :].any()
            assert not block.array[:, :, block.valid[2] :].any()
            count += 1
        assert count == blocks.total == 3 * 3 * 3
    assert sha256(out) == expected(EXPECTED["validation_A"])["sha256_c_order_le"]


@pytest.mark.parametrize("name", ["validation_A", "labels", "real", "deep"])
def test_random_boxes(sources: Arrays, both: voxelflight.Client, name: str) -> None:
    array, volume = sources[name], both[name]
    random = np.random.default_rng(11)
    for _ in range(12):
        ends = [sorted(random.integers(0, n + 1, 2).tolist()) for n in array.shape]
        key = tuple(slice(a, b) for a, b in ends)
        np.testing.assert_array_equal(volume[key], array[key], strict=True)
    np.testing.assert_array_equal(volume[-1, :, 7:8], array[-1, :, 7:8], strict=True)


@pytest.mark.parametrize("name", ["validation_A", "labels", "real", "deep"])
@pytest.mark.parametrize("side", [(128, 128, 128), (1, 1, 1), (17, 130, 33), (64, 64, 64), (150, 140, 300)], ids=str)
def test_random_blocks(sources: Arrays, both: voxelflight.Client, name: str, side: tuple[int, int, int]) -> None:
    array = sources[name]
    random = np.random.default_rng(13)
    corner = tuple(n - 1 for n in array.shape)
    origins = [(0, 0, 0), corner, *(tuple(random.integers(0, array.shape).tolist()) for _ in range(8))]
    origins += [tuple(1 - s for s in side), (-(side[0] // 2), 3, -(side[2] // 3))]  # over the near edges
    with both[name].blocks(origins, side) as blocks:
        for origin, block in itertools.zip_longest(origins, blocks):
            wanted, valid = cut(array, origin, side)
            assert (block.origin, block.valid) == (origin, valid)
            np.testing.assert_array_equal(block.array, wanted, strict=True)
            inside = array[tuple(slice(max(0, p), max(0, p + s)) for p, s in zip(origin, side, strict=True))]
            np.testing.assert_array_equal(block.inside, inside, strict=True)


@pytest.mark.parametrize("name", NAMES)
def test_every_level(volumes: Arrays, client: voxelflight.Client, name: str) -> None:
    fine = client[name]
    levels = pyramid(volumes[name], fine.voxel_size, labels=name == "labels")
    assert len(fine.levels) == len(levels)
    for number, wanted in enumerate(levels):
        np.testing.assert_array_equal(fine.level(number)[...], wanted, strict=True)


def test_coarse_levels_by_blocks(volumes: Arrays, client: voxelflight.Client) -> None:
    coarse = pyramid(volumes["validation_A"], (10, 10, 10), labels=False)[1]
    (block,) = client["validation_A"].level(1).blocks([(100, 60, 51)])
    wanted, valid = cut(coarse, (100, 60, 51), (128, 128, 128))
    assert block.valid == valid
    np.testing.assert_array_equal(block.array, wanted, strict=True)


def test_what_a_dataset_says_of_itself(volumes: Arrays, client: voxelflight.Client) -> None:
    assert [dataset.name for dataset in client.datasets()] == sorted(client)
    assert set(volumes) <= set(client)
    image = client["validation_A"].dataset
    assert (image.kind, image.axes, image.modality, image.tags) == ("image", "zyx", "FIB-SEM", ("fib25",))
    assert image.voxel_size == (10.0, 10.0, 10.0)
    assert [level.voxel_size for level in image.levels] == [(10.0,) * 3, (20.0,) * 3, (40.0,) * 3]
    assert [level.chunk for level in image.levels] == [(128, 128, 128)] * 3
    assert client["labels"].dataset.kind == "labels"
    assert client["real"].voxel_size is None
    # the long axis waits until voxels are cubes
    assert [level.voxel_size for level in client["deep"].levels] == [
        (40.0, 10.0, 10.0),
        (40.0, 20.0, 20.0),
        (40.0,) * 3,
    ]


def test_arrays_are_views_of_aligned_buffers(volumes: Arrays, client: voxelflight.Client) -> None:
    """Through plain pyarrow, to see the addresses: the tensor's buffer is the array's memory."""
    for name in ("validation_A", "real", "deep"):
        command = json.dumps({"dataset": name, "origins": [[0, 0, 0], [3, 5, 7]], "block": [64, 64, 64]})
        info = client.connection.info(command.encode())
        for batch in client.connection.batches(info, voxelflight._connection.Cancellation()):
            tensors = batch.column("tensor")
            address = tensors.storage.flatten().buffers()[1].address
            array = tensors.to_numpy_ndarray()
            assert array.ctypes.data == address
            assert address % 16 == 0
            assert all(column.null_count == 0 for column in batch.columns)
        with client[name].blocks([(1, 2, 3)], (64, 64, 64)) as blocks:
            block = next(blocks)
            assert block.array.ctypes.data % 16 == 0
            assert not block.array.flags.owndata
            assert not block.array.flags.writeable
            assert block.array.flags.aligned
            assert block.array.flags.c_contiguous


def test_all_schemas_are_equal(volumes: Arrays, client: voxelflight.Client) -> None:
    plain = flight.connect(client.address)
    try:
        listed = {json.loads(i.schema.metadata[b"voxelflight:dataset"])["name"]: i for i in plain.list_flights()}
        path = flight.FlightDescriptor.for_path("deep")
        info = plain.get_flight_info(path)
        schema = plain.get_schema(path).schema
        stream = plain.do_get(info.endpoints[0].ticket)
        assert stream.schema.equals(schema, check_metadata=True)
        assert info.schema.equals(schema, check_metadata=True)
        assert listed["deep"].schema.equals(schema, check_metadata=True)
        names = ["t", "c", "z", "y", "x", "valid_z", "valid_y", "valid_x", "tensor"]
        assert schema.names == names
        assert [str(field.type) for field in schema][:8] == ["int64"] * 5 + ["int32"] * 3
        assert not any(field.nullable for field in schema)
        tensor = schema.field("tensor").type
        assert tensor.extension_name == "arrow.fixed_shape_tensor"
        assert (tensor.shape, tensor.dim_names) == ([128] * 3, ["z", "y", "x"])
        assert schema.metadata[b"voxelflight:level"] == b"0"
        assert (
            plain.get_flight_info(flight.FlightDescriptor.for_path("deep", "1")).schema.metadata[b"voxelflight:level"]
            == b"1"
        )
        stream.cancel()
    finally:
        plain.close()


@pytest.mark.parametrize(
    ("command", "kind", "words"),
    [
        ({"dataset": "nothing"}, voxelflight.NotFoundError, "nothing"),
        ({"dataset": "deep", "level": 9}, voxelflight.NotFoundError, "9"),
        ({"dataset": "deep", "level": -1}, voxelflight.VoxelflightError, "-1"),
        ({"dataset": "deep", "origins": [[0, 0, 100]]}, voxelflight.InvalidArgumentError, "100"),
        (
            {"dataset": "deep", "origins": [[0, 0, 0], [-9, 0, 0]], "block": [9, 9, 9]},
            voxelflight.InvalidArgumentError,
            "-9",
        ),
        ({"dataset": "deep", "origins": [[1, 0, 0, 0, 0]]}, voxelflight.InvalidArgumentError, ""),
        ({"dataset": "deep", "origins": [[0, 0]]}, voxelflight.InvalidArgumentError, ""),
        ({"dataset": "deep", "origins": [[0, 0, 0.5]]}, voxelflight.InvalidArgumentError, ""),
        ({"dataset": "deep", "origins": [[0, 0, 2**70]]}, voxelflight.InvalidArgumentError, ""),
        ({"dataset": "deep", "block": [0, 1, 1]}, voxelflight.InvalidArgumentError, "0"),
        ({"dataset": "deep", "block": [513, 1, 1]}, voxelflight.InvalidArgumentError, "513"),
        ({"dataset": "deep", "block": [1, 1]}, voxelflight.InvalidArgumentError, ""),
        ({"dataset": "deep", "box": {"start": [0, 0, 0], "stop": [41, 1, 1]}}, voxelflight.InvalidArgumentError, "41"),
        ({"dataset": "deep", "box": {"start": [5, 0, 0], "stop": [4, 1, 1]}}, voxelflight.InvalidArgumentError, "5"),
        ({"dataset": "deep", "box": {"start": [-1, 0, 0], "stop": [4, 1, 1]}}, voxelflight.InvalidArgumentError, "-1"),
        ({"dataset": "deep", "box": {"start": [0, 0, 0]}}, voxelflight.InvalidArgumentError, "stop"),
        ({"dataset": "deep", "boks": 1}, voxelflight.InvalidArgumentError, "boks"),
        ({"origins": [[0, 0, 0]]}, voxelflight.InvalidArgumentError, "dataset"),
        ({"dataset": "../x"}, voxelflight.VoxelflightError, "../x"),
        (
            {"dataset": "deep", "origins": [[0, 0, 0]], "box": {"start": [0] * 3, "stop": [1] * 3}},
            voxelflight.InvalidArgumentError,
            "",
        ),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else "",
)
def test_wrong_requests(
    volumes: Arrays, client: voxelflight.Client, command: dict[str, Any], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind) as refusal:
        client.connection.info(json.dumps(command).encode())
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_wrong_bytes(volumes: Arrays, client: voxelflight.Client) -> None:
    with pytest.raises(voxelflight.InvalidArgumentError):
        client.connection.info(b"{")
    plain = flight.connect(client.address)
    try:
        good = plain.get_flight_info(flight.FlightDescriptor.for_path("deep")).endpoints[0].ticket.ticket
        assert good.startswith(b"VFT2")
        for at in (4, len(good) // 2, len(good) - 1):
            forged = good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :]
            with pytest.raises(flight.FlightUnauthenticatedError):
                plain.do_get(flight.Ticket(forged)).read_all()
        for garbage in (b"", b"VFT2", good[:-1], good + b"x"):
            with pytest.raises((flight.FlightError, ValueError)):
                plain.do_get(flight.Ticket(garbage)).read_all()
        assert plain.do_get(flight.Ticket(good)).read_all().num_rows == 1 * 3 * 1
    finally:
        plain.close()
