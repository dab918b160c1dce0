"""The HTTP API with curl, NumPy, pyarrow and Pillow, and schemathesis against its description."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
import zarr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import voxelflight
    from harness import Home, Server

Arrays = dict[str, np.ndarray[Any, Any]]
DTYPES = [
    "bool",
    "uint8",
    "int8",
    "uint16",
    "int16",
    "uint32",
    "int32",
    "uint64",
    "int64",
    "float16",
    "float32",
    "float64",
]


class Answer:
    """What curl got."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    def json(self) -> Any:
        return json.loads(self.body)

    def npy(self) -> np.ndarray[Any, Any]:
        assert self.status == 200, self.body
        array: np.ndarray[Any, Any] = np.load(io.BytesIO(self.body), allow_pickle=False)
        return array


@pytest.fixture
def curl(server: Server) -> Callable[..., Answer]:
    def call(path: str, *options: str, **query: object) -> Answer:
        asked = [part for name, value in query.items() for part in ("--data-urlencode", f"{name}={value}")]
        command = ["curl", "--silent", "--show-error", "--include", "--max-time", "60", *options]
        if asked:
            command += ["--get", *asked]
        done = subprocess.run([*command, server.http + path], capture_output=True, timeout=70, check=True)
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return Answer(int(first.split()[1]), headers, body)

    return call


def cut(volume: np.ndarray[Any, Any], origin: tuple[int, ...], shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """Return what a block holds by NumPy alone: zeros where the volume is not."""
    block = np.zeros(shape, volume.dtype)
    inside = tuple(slice(max(0, o), max(0, min(o + s, n))) for o, s, n in zip(origin, shape, volume.shape, strict=True))
    there = tuple(slice(i.start - o, i.stop - o) for i, o in zip(inside, origin, strict=True))
    block[there] = volume[inside]
    return block


@given(data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_npy_of_any_block_is_the_source_and_what_flight_sends(
    data: st.DataObject, curl: Callable[..., Answer], volumes: Arrays, client: voxelflight.Client
) -> None:
    name = data.draw(st.sampled_from(sorted(volumes)))
    volume = volumes[name]
    shape = tuple(data.draw(st.integers(1, 70)) for _ in range(3))
    origin = tuple(data.draw(st.integers(1 - s, n - 1)) for s, n in zip(shape, volume.shape, strict=True))
    z, y, x = origin
    answer = curl("/block", dataset_id=name, z=z, y=y, x=x, size_z=shape[0], size_y=shape[1], size_x=shape[2])
    block = answer.npy()
    assert block.dtype == volume.dtype
    np.testing.assert_array_equal(block, cut(volume, origin, shape))
    valid = [min(o + s, n) - max(o, 0) for o, s, n in zip(origin, shape, volume.shape, strict=True)]
    assert [int(v) for v in answer.headers["x-voxelflight-valid"].split(",")] == valid
    assert answer.headers["x-voxelflight-origin"] == f"0,0,{z},{y},{x}"
    (flight,) = client[name].blocks([origin], shape=shape)
    np.testing.assert_array_equal(block, flight.array)


@pytest.fixture(scope="module")
def every_dtype(server: Server, home: Home, tmp_path_factory: pytest.TempPathFactory) -> Arrays:
    """Return a volume of five axes of each type, served from where zarr-python wrote it."""
    random = np.random.default_rng(17)
    arrays: Arrays = {}
    for dtype in DTYPES:
        folder = tmp_path_factory.mktemp("dtypes") / dtype
        raw = random.integers(0, 256, (2, 3, 9, 10, 11 * np.dtype(dtype).itemsize), np.uint8)
        array = raw > 127 if dtype == "bool" else raw.view(dtype)
        stored = zarr.create_array(
            folder, shape=array.shape, dtype=dtype, chunks=(1, 1, 8, 8, 8), dimension_names=["t", "c", "z", "y", "x"]
        )
        stored[...] = array
        home.succeed("register", folder, "--name", f"type-{dtype}")
        arrays[dtype] = array
    return arrays


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_type_in_time_and_channel(dtype: str, curl: Callable[..., Answer], every_dtype: Arrays) -> None:
    array = every_dtype[dtype]
    block = curl("/block", dataset_id=f"type-{dtype}", t=1, c=2, z=0, y=1, x=2, size_z=9, size_y=9, size_x=9).npy()
    expected = array[1, 2, :, 1:, 2:11]
    assert block.dtype == (np.uint8 if dtype == "bool" else array.dtype)
    assert block.tobytes() == np.ascontiguousarray(expected).tobytes()  # NaNs bit by bit
    raw = curl(
        "/block", dataset_id=f"type-{dtype}", t=1, c=2, z=0, y=1, x=2, size_z=9, size_y=9, size_x=9, format="raw"
    )
    assert raw.body == block.tobytes()
    assert raw.headers["x-voxelflight-dtype"] == str(block.dtype)
    assert raw.headers["x-voxelflight-shape"] == "9,9,9"


def test_answers_are_packed_if_wished(curl: Callable[..., Answer], volumes: Arrays) -> None:
    query = {"dataset_id": "validation_A", "z": 3, "y": 5, "x": 7, "size": 90}
    plain = curl("/block", **query)
    assert "content-encoding" not in plain.headers
    assert int(plain.headers["content-length"]) == len(plain.body)
    packed = curl("/block", "-H", "Accept-Encoding: gzip", **query)
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    zstd = curl("/block", "-H", "Accept-Encoding: gzip, zstd", **query)
    assert zstd.headers["content-encoding"] == "zstd"
    stream = pa.CompressedInputStream(pa.BufferReader(zstd.body), "zstd")
    assert stream.read() == plain.body
    assert len({answer.headers["etag"] for answer in (plain, packed, zstd)}) == 3


def test_a_block_is_not_sent_twice_and_head_sends_none(curl: Callable[..., Answer], volumes: Arrays) -> None:
    query = {"dataset_id": "deep", "z": 0, "y": 0, "x": 0, "size": 16}
    answer = curl("/block", **query)
    again = curl("/block", "-H", f"If-None-Match: {answer.headers['etag']}", **query)
    assert (again.status, again.body) == (304, b"")
    head = curl("/block", "--head", **query)
    assert head.status == 200
    assert head.headers["content-length"] == str(len(answer.body))
    assert head.headers["etag"] == answer.headers["etag"]
    by_id = curl("/block", **{**query, "dataset_id": curl("/metadata", dataset_id="deep").json()["id"]})
    assert by_id.body == answer.body


def test_pictures(curl: Callable[..., Answer], volumes: Arrays) -> None:
    image = volumes["validation_A"]
    query = {"z": 10, "y": 20, "x": 30, "size_z": 1, "size_y": 50, "size_x": 60}
    png = Image.open(io.BytesIO(curl("/block", dataset_id="validation_A", format="png", **query).body))
    np.testing.assert_array_equal(np.asarray(png), image[10, 20:70, 30:90])
    deep = Image.open(io.BytesIO(curl("/block", dataset_id="deep", format="png", **query).body))
    np.testing.assert_array_equal(np.asarray(deep), volumes["deep"][10, 20:70, 30:90])
    windowed = curl("/block", "-H", "Accept: image/png", dataset_id="deep", window="1000,3000", **query)
    spread = np.rint((volumes["deep"][10, 20:70, 30:90].astype(float) - 1000) * 255 / 2000).clip(0, 255)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(windowed.body))), spread)
    real = curl("/block", dataset_id="real", format="jpeg", window="-5,5", **query)
    assert Image.open(io.BytesIO(real.body)).size == (60, 50)
    assert "window" in curl("/block", dataset_id="real", format="png", **query).json()["detail"]


def test_arrow_streams(server: Server, curl: Callable[..., Answer], volumes: Arrays) -> None:
    one = curl("/block", dataset_id="deep", z=-3, y=2, x=1, size=20, format="arrow")
    with pa.ipc.open_stream(one.body) as reader:
        (batch,) = list(reader)
        np.testing.assert_array_equal(
            batch["tensor"].to_numpy_ndarray()[0], cut(volumes["deep"], (-3, 2, 1), (20, 20, 20))
        )
        assert batch["valid_z"].to_pylist() == [17]
    command = {"dataset": "training2", "box": {"start": [5, 6, 7], "stop": [200, 150, 160]}}
    request = urllib.request.Request(f"{server.http}/blocks", json.dumps(command).encode())
    request.add_header("Content-Type", "application/json")
    whole = np.zeros((195, 144, 153), np.uint8)
    with urllib.request.urlopen(request, timeout=60) as answer, pa.ipc.open_stream(answer) as reader:
        for batch in reader:
            at = [batch[axis][0].as_py() - first for axis, first in zip("zyx", (5, 6, 7), strict=True)]
            size = [batch[f"valid_{axis}"][0].as_py() for axis in "zyx"]
            part = batch["tensor"].to_numpy_ndarray()[0][: size[0], : size[1], : size[2]]
            whole[tuple(slice(a, a + s) for a, s in zip(at, size, strict=True))] = part
    np.testing.assert_array_equal(whole, volumes["training2"][5:200, 6:150, 7:160])


def test_lists_and_metadata(curl: Callable[..., Answer], volumes: Arrays) -> None:
    listed = [dataset["name"] for dataset in curl("/datasets", name="*a*", kind="labels").json()["datasets"]]
    assert listed == ["labels"]
    assert [d["name"] for d in curl("/datasets", modality="FIB-SEM").json()["datasets"]] == ["validation_A"]
    found = curl("/metadata", dataset_id="validation_A").json()
    image = volumes["validation_A"]
    assert found["voxel_size"] == [10, 10, 10]
    assert found["tags"] == ["fib25"]
    assert found["provenance"]["source"]["location"].endswith("validation_A.h5")
    assert found["acquisitions"]
    statistics = found["levels"][0]["statistics"]
    assert (statistics["vmin"], statistics["vmax"]) == (image.min(), image.max())
    assert statistics["mean"] == pytest.approx(image.mean(), rel=1e-9)
    assert statistics["stddev"] == pytest.approx(image.std(), rel=1e-9)
    assert statistics["nonzero_fraction"] == pytest.approx(np.count_nonzero(image) / image.size)
    real = volumes["real"]
    statistics = curl("/metadata", dataset_id="real").json()["levels"][0]["statistics"]
    assert statistics["mean"] == pytest.approx(np.nanmean(real, dtype=float), rel=1e-6)
    assert statistics["stddev"] == pytest.approx(np.nanstd(real, dtype=float), rel=1e-6)


def test_errors_are_problem_documents(curl: Callable[..., Answer], volumes: Arrays) -> None:
    for status, answer in {
        400: curl("/block", dataset_id="deep", x=0, y=0, zz=0),
        404: curl("/block", dataset_id="nope", x=0, y=0, z=0),
        405: curl("/datasets", "-X", "PUT"),
        406: curl("/block", "-H", "Accept: text/html", dataset_id="deep", x=0, y=0, z=0),
        413: curl("/block", dataset_id="deep", x=0, y=0, z=0, size=513),
        415: curl("/blocks", "--data", "a=b"),
    }.items():
        assert answer.status == status, answer.body
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == status
        assert problem["request_id"] == answer.headers["x-request-id"]


def test_the_description_is_kept(server: Server, volumes: Arrays, tmp_path: Path) -> None:
    # 413 is how a side beyond the limit is refused
    settings_file = tmp_path / "schemathesis.toml"
    settings_file.write_text("[checks.negative_data_rejection]\nexpected-statuses = [400, 404, 405, 406, 413, 415]\n")
    # a call that is well formed may still name a dataset or a place that is not there
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(settings_file)),
            *("run", f"{server.http}/openapi.json"),
            *("--exclude-path-regex", "^/(docs|zarr)", "--exclude-checks", "positive_data_acceptance"),
            *("--max-examples", "10", "--phases", "examples,fuzzing", "--generation-deterministic", "--no-color"),
        ],
        capture_output=True,
        text=True,
        timeout=100,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
