"""Statistics and bounding boxes of random boxes, against NumPy; by Flight and by HTTP."""

from __future__ import annotations

import json
import math
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import zarr

import voxelflight
from harness import Home, Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voxelflight import Stats

Arrays = dict[str, np.ndarray[Any, Any]]
random = np.random.default_rng(23)


def sparse(shape: tuple[int, ...], dtype: str, high: int) -> np.ndarray[Any, Any]:
    """Return voxels that are 0 but for a few, near the middle."""
    made = np.zeros(shape, dtype)
    inner = tuple(slice(n // 4, n - n // 3) for n in shape)
    some = made[inner]
    made[inner] = random.integers(1, high, some.shape, dtype=dtype) * (random.random(some.shape) < 0.001)
    return made


@pytest.fixture(scope="module")
def measured(server: Server, home: Home, tmp_path_factory: pytest.TempPathFactory) -> Arrays:
    folder = tmp_path_factory.mktemp("measure")
    real = random.standard_normal((140, 150, 160)).astype(np.float32) * 1e3 + 5
    real[random.random(real.shape) < 0.02] = np.nan
    real[:10] = np.nan
    arrays = {
        "m-grey": random.integers(0, 256, (130, 270, 140), np.uint8),
        "m-deep": sparse((200, 140, 290), "uint16", 60_000),
        "m-real": real,
        "m-signed": random.integers(-900, 900, (90, 130, 150), np.int16),
        "m-labels": random.integers(2**63, 2**64 - 1, (30, 40, 50), np.uint64) * (random.random((30, 40, 50)) < 0.5),
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
        home.ingest(folder / f"{name}.npy", name, *(("--kind", "labels") if name == "m-labels" else ()))
    five = random.integers(-50, 50, (2, 3, 40, 70, 60), np.int16)
    store = zarr.create_array(folder / "five.zarr", data=five, chunks=(1, 1, 32, 32, 32))
    assert store.shape == five.shape
    home.succeed("register", folder / "five.zarr", "--name", "m-five")
    arrays["m-five"] = five
    return arrays


@pytest.fixture
def client(server: Server, measured: Arrays) -> Iterator[voxelflight.Client]:
    with voxelflight.connect(server.address) as client:
        yield client


def random_box(shape: tuple[int, ...]) -> tuple[slice, ...]:
    sides = [sorted(random.choice(n + 1, 2, replace=False)) for n in shape]
    return tuple(slice(int(a), int(b)) for a, b in sides)


def check(stats: Stats, voxels: np.ndarray[Any, Any]) -> None:
    valid = voxels[~np.isnan(voxels)] if voxels.dtype.kind == "f" else voxels.ravel()
    assert (stats.voxels, stats.count, stats.nan) == (voxels.size, valid.size, voxels.size - valid.size)
    assert stats.nonzero == np.count_nonzero(voxels)
    if not valid.size:
        assert (stats.min, stats.max, stats.mean, stats.stddev) == (None,) * 4
        return
    assert (stats.min, stats.max) == (valid.min().item(), valid.max().item())
    wide = valid.astype(np.float64)
    scale = max(abs(float(stats.min)), abs(float(stats.max)), 1)
    assert stats.mean == pytest.approx(wide.mean(), rel=1e-12, abs=1e-12 * scale)
    assert stats.stddev == pytest.approx(wide.std(), rel=1e-9, abs=1e-12 * scale)


NAMES = ["m-grey", "m-deep", "m-real", "m-signed", "m-labels", "m-five"]


@pytest.mark.parametrize("name", NAMES)
def test_stats_of_random_boxes(client: voxelflight.Client, measured: Arrays, name: str) -> None:
    volume, array = client[name], measured[name]
    whole = volume.stats()
    check(whole, array)
    for _ in range(6):
        box = random_box(array.shape)
        check(volume.stats(box), array[box])
    edge = tuple(slice(n - 1, n) for n in array.shape)
    check(volume.stats(edge), array[edge])


@pytest.mark.parametrize("name", NAMES)
def test_histograms_are_numpys(client: voxelflight.Client, measured: Arrays, name: str) -> None:
    volume, array = client[name], measured[name]
    box = random_box(array.shape)
    voxels = array[box].ravel()
    voxels = voxels[~np.isnan(voxels.astype(np.float64))].astype(np.float64)
    if voxels.size:
        counts, edges = np.histogram(voxels, 37)
        got = volume.stats(box, bins=37).histogram
        assert got is not None
        np.testing.assert_allclose(got.edges, edges, rtol=1e-15, atol=1e-12)
        if name != "m-real":  # where an edge differs in the last bit a real number may fall to its other side
            np.testing.assert_array_equal(got.counts, counts)
        assert got.counts.sum() == voxels.size
    got = volume.stats(box, bins=8, range=(-4, 4)).histogram
    assert got is not None
    np.testing.assert_array_equal(got.counts, np.histogram(voxels, 8, (-4, 4))[0])


def bounds(array: np.ndarray[Any, Any], box: tuple[slice, ...], threshold: float) -> tuple[slice, ...] | None:
    # NumPy would compare integers of 64 bits as doubles; a whole number is above exactly if it is above the floor
    exact: Any = max(-1, math.floor(threshold)) if array.dtype == np.uint64 else threshold
    above = np.argwhere(array[box].astype(object) > exact if exact is not threshold else array[box] > threshold)
    if not len(above):
        return None
    return tuple(
        slice(int(a) + side.start, int(b) + side.start + 1)
        for a, b, side in zip(above.min(0), above.max(0), box, strict=True)
    )


@pytest.mark.parametrize("name", NAMES)
def test_bounding_boxes(client: voxelflight.Client, measured: Arrays, name: str) -> None:
    volume, array = client[name], measured[name]
    whole = tuple(slice(0, n) for n in array.shape)
    values = array[~np.isnan(array)] if array.dtype.kind == "f" else array.ravel()
    top = float(values.max())
    for threshold in (0, float(np.quantile(values, 0.999)), top * 0.999, top, -1.5):
        assert volume.bbox(threshold) == bounds(array, whole, threshold), threshold
    for _ in range(4):
        box = random_box(array.shape)
        assert volume.bbox(0, box) == bounds(array, box, 0)
        assert volume.bbox(top / 2, box) == bounds(array, box, top / 2)


def test_the_index_spares_reading(server: Server, client: voxelflight.Client, measured: Arrays) -> None:
    body = {"dataset": "m-deep"}
    connection = client.connection
    assert json.loads(connection.action("stats", json.dumps(body).encode(), repeatable=True))["voxels_read"] == 0
    assert json.loads(connection.action("bbox", json.dumps(body).encode(), repeatable=True))["voxels_read"] == 0
    cut = {**body, "box": {"start": [0, 0, 0], "stop": [129, 128, 128]}}
    read = json.loads(connection.action("stats", json.dumps(cut).encode(), repeatable=True))["voxels_read"]
    assert read == 128 * 128  # the one layer that is cut off a chunk


def test_parts_make_the_whole(client: voxelflight.Client, measured: Arrays) -> None:
    volume, array = client["m-real"], measured["m-real"]
    cut = int(random.integers(1, array.shape[2]))
    whole = volume.stats()
    a, b = volume.stats(np.s_[:, :, :cut]), volume.stats(np.s_[:, :, cut:])
    assert a.count + b.count == whole.count
    assert a.nonzero + b.nonzero == whole.nonzero
    assert None not in (a.mean, b.mean, a.stddev, b.stddev)
    mean = (a.mean * a.count + b.mean * b.count) / whole.count
    assert whole.mean == pytest.approx(mean, rel=1e-9)
    squares = a.count * (a.stddev**2 + (a.mean - mean) ** 2) + b.count * (b.stddev**2 + (b.mean - mean) ** 2)
    assert whole.stddev == pytest.approx(math.sqrt(squares / whole.count), rel=1e-9)


def ask(server: Server, path: str, **parameters: Any) -> tuple[int, dict[str, Any]]:
    url = f"{server.http}{path}?{urllib.parse.urlencode(parameters)}"
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.loads(refusal.read())


def test_http_says_the_same(server: Server, client: voxelflight.Client, measured: Arrays) -> None:
    volume, array = client["m-signed"], measured["m-signed"]
    box = np.s_[3:80, 20:129, 5:150]
    status, answer = ask(server, "/stats", dataset_id="m-signed", box="3:80,20:129,5:150", bins=5, range="-10,10")
    assert status == 200
    stats = volume.stats(box, bins=5, range=(-10, 10))
    assert (answer["mean"], answer["min"], answer["max"]) == (stats.mean, stats.min, stats.max)
    assert answer["histogram"]["counts"] == np.histogram(array[box], 5, (-10, 10))[0].tolist()
    status, answer = ask(server, "/bbox", dataset_id=volume.dataset.id, threshold=890, level=0)
    whole = tuple(slice(0, n) for n in array.shape)
    found = bounds(array, whole, 890)
    assert found is not None
    assert answer["bbox"]["start"] == [0, 0, *(side.start for side in found)]
    assert answer["bbox"]["stop"] == [1, 1, *(side.stop for side in found)]


@pytest.mark.parametrize(
    ("path", "parameters", "status", "words"),
    [
        ("/stats", {}, 400, "'dataset_id' is missing"),
        ("/stats", {"dataset_id": "absent"}, 404, "there is no dataset 'absent'"),
        ("/stats", {"dataset_id": "../x"}, 400, "../x"),
        ("/stats", {"dataset_id": "m-grey", "boxx": "1"}, 400, "parameter 'boxx' is unknown"),
        ("/stats", {"dataset_id": "m-grey", "threshold": "1"}, 400, "parameter 'threshold' is unknown"),
        ("/stats", {"dataset_id": "m-grey", "box": "1:2"}, 400, "a box has 3"),
        ("/stats", {"dataset_id": "m-grey", "box": "1:2,1:2,2:2"}, 400, "ends after its beginning"),
        ("/stats", {"dataset_id": "m-grey", "box": "1:2,1:2,1:999"}, 400, "reaches out of dataset"),
        ("/stats", {"dataset_id": "m-grey", "box": "a"}, 400, "'box' is 'a'"),
        ("/stats", {"dataset_id": "m-grey", "level": "99"}, 404, "no level 99"),
        ("/stats", {"dataset_id": "m-grey", "bins": "-1"}, 400, "'bins' is -1, use 0 to 65536"),
        ("/stats", {"dataset_id": "m-grey", "bins": "99999999"}, 400, "use 0 to 65536"),
        ("/stats", {"dataset_id": "m-grey", "range": "1,2"}, 400, "say its bins too"),
        ("/stats", {"dataset_id": "m-grey", "bins": "3", "range": "2,1"}, 400, "the smaller first"),
        ("/bbox", {"dataset_id": "m-grey", "threshold": "NaN"}, 400, "no finite number"),
        ("/bbox", {"dataset_id": "m-grey", "threshold": "x"}, 400, "'threshold' is 'x'"),
    ],
)
def test_wrong_requests_are_named(
    server: Server, measured: Arrays, path: str, parameters: dict[str, str], status: int, words: str
) -> None:
    got, problem = ask(server, path, **parameters)
    assert (got, words in problem["detail"]) == (status, True), problem


def test_wrong_actions_are_named(client: voxelflight.Client) -> None:
    for body, words in (
        (b"", "no JSON object"),
        (b"[1]", "no JSON object"),
        (b'{"dataset": 5}', "'dataset' is missing"),
        (b'{"dataset": "m-grey", "bix": 1}', "no field 'bix'"),
        (b'{"dataset": "m-grey", "dataset": "m-real"}', "(?i)duplicate"),
        (b'{"dataset": "m-grey", "box": 7}', "'box' is 7"),
        (b'{"dataset": "m-grey", "box": {"start": [0.5, 0, 0], "stop": [1, 1, 1]}}', "whole numbers"),
    ):
        with pytest.raises(voxelflight.InvalidArgumentError, match=words):
            client.connection.action("stats", body, repeatable=True)
    with pytest.raises(voxelflight.InvalidArgumentError, match="has no voxel"):
        client["m-grey"].stats(np.s_[5:5])
