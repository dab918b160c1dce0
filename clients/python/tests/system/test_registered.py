"""Volumes of other programs are served where they lie: registered, read through Flight, compared voxel by voxel."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tensorstore

import voxelflight
from harness import DATA, Home, Server, shared
from reference import sha256

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Array = np.ndarray[Any, Any]

FORMATS = ("zarr_v2/", "zarr_v3/", "ome-zarr/", "n5/", "precomputed/")


def known_arrays() -> dict[str, dict[str, Any]]:
    """Return what expected.json says, by the path of the array."""
    file = DATA / "expected.json"
    known = json.loads(file.read_text()) if file.exists() else {}
    return {re.sub(r" \(.*\)$", "", key): value for key, value in known.items() if key.startswith(FORMATS)}


ARRAYS = known_arrays()
READABLE = [key for key, value in ARRAYS.items() if "sha256_c_order_le" in value]
REFUSED = [key for key in ARRAYS if key not in READABLE]


def dataset_name(key: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", key)


@pytest.fixture(scope="module")
def home(make_home: Callable[[], Home]) -> Home:
    return make_home()


@pytest.fixture(scope="module")
def server(home: Home) -> Iterator[Server]:
    with Server(home, "--cache", "64MiB", "--stream-memory", "64MiB") as server:
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[voxelflight.Client]:
    with voxelflight.connect(server.address) as client:
        yield client


@pytest.fixture(scope="module")
def registered(server: Server, home: Home, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Register all known arrays at one running server: in one folder, as a command takes seconds."""
    shared("expected.json")
    folder = tmp_path_factory.mktemp("arrays")
    for key in READABLE:
        (folder / dataset_name(key)).symlink_to(DATA / key, target_is_directory=True)
    done = home.run("register", folder, "--name", "of", "--all", seconds=200)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(READABLE)


@pytest.mark.skipif(not ARRAYS, reason="there is no sample data")
def test_all_formats_are_there() -> None:
    assert {key.partition("/")[0] + "/" for key in READABLE} == set(FORMATS)
    assert len(READABLE) > 100


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize("key", READABLE)
def test_every_array_is_served_in_place(key: str, client: voxelflight.Client) -> None:
    known = ARRAYS[key]
    read = client[f"of-{dataset_name(key)}"][...]
    assert read.dtype == np.dtype("uint8" if known["dtype"] == "bool" else known["dtype"])
    assert list(read.shape) == known["shape"]
    assert sha256(read) == known["sha256_c_order_le"]


@pytest.mark.parametrize("key", REFUSED)
def test_what_is_not_supported_is_refused_by_name(key: str, home: Home) -> None:
    message = home.fail("register", shared(key), "--name", "refused")
    assert str(DATA / key) in message
    named = {"array_pcodec.zarr": "pcodec", "array_zfpy.zarr": "zfpy"}.get(key.rpartition("/")[2])
    wanted = named or ARRAYS[key]["dtype"].replace("object", "|O")
    assert wanted in message, message


SHAPE = (70, 150, 140)


def image(shape: tuple[int, ...] = SHAPE, dtype: str = "uint8") -> Array:
    z, y, x = np.indices(shape[-3:])
    smooth = 100 + 60 * np.sin(z / 9) * np.cos(y / 11) + 30 * np.sin(x / 7)
    return np.broadcast_to(smooth, shape).astype(dtype)


def labels(dtype: str, shape: tuple[int, ...] = SHAPE) -> Array:
    z, y, x = np.indices(shape)
    array = (z // 20 * 1000 + y // 17 * 10 + x // 23).astype(dtype)
    array[array % 7 == 0] = np.iinfo(dtype).max - 5
    array[:, :40, :40] = 0
    return array


def write_precomputed(folder: Path, array: Array, encoding: str, **options: Any) -> None:
    """Let TensorStore write a volume of (z, y, x) or (c, z, y, x)."""
    channels, *zyx = array.shape if array.ndim == 4 else (1, *array.shape)
    chunk = options.pop("chunk_size", [64, 48, 32])
    sharding = {"sharding": options.pop("sharding")} if "sharding" in options else {}
    store = tensorstore.open(
        {
            "driver": "neuroglancer_precomputed",
            "kvstore": {"driver": "file", "path": str(folder)},
            "multiscale_metadata": {
                "type": "segmentation" if encoding == "compressed_segmentation" else "image",
                "data_type": str(array.dtype),
                "num_channels": channels,
            },
            "scale_metadata": {
                "size": zyx[::-1],
                "encoding": encoding,
                "chunk_size": chunk,
                "resolution": [4, 5, 40],
                "voxel_offset": [7, -3, 11],
                **sharding,
                **options,
            },
            "create": True,
        }
    ).result()
    store.write(array.reshape(channels, *zyx).transpose(3, 2, 1, 0)).result()


def sharding(**options: Any) -> dict[str, Any]:
    return {
        "@type": "neuroglancer_uint64_sharded_v1",
        "preshift_bits": 1,
        "hash": "murmurhash3_x86_128",
        "minishard_bits": 2,
        "shard_bits": 1,
        "minishard_index_encoding": "gzip",
        "data_encoding": "gzip",
        **options,
    }


PRECOMPUTED: dict[str, Callable[[Path], Array]] = {}


def precomputed_case(name: str, array: Callable[[], Array], encoding: str, **options: Any) -> None:
    def write(folder: Path) -> Array:
        voxels = array()
        write_precomputed(folder, voxels, encoding, **options)
        return voxels

    PRECOMPUTED[name] = write


for dtype in ("uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "float32"):
    precomputed_case(f"raw-{dtype}", lambda dtype=dtype: image(dtype=dtype), "raw")  # type: ignore[misc]
precomputed_case("raw-channels", lambda: np.arange(3, dtype="u1")[:, None, None, None] + image((3, *SHAPE)), "raw")
precomputed_case("raw-sharded", lambda: image(dtype="uint16"), "raw", sharding=sharding())
precomputed_case(
    "raw-sharded-plain",
    lambda: image(),
    "raw",
    sharding=sharding(hash="identity", preshift_bits=0, minishard_index_encoding="raw", data_encoding="raw"),
    chunk_size=[16, 16, 16],
)
precomputed_case(
    "raw-one-shard", lambda: image(), "raw", sharding=sharding(minishard_bits=0, shard_bits=0, hash="identity")
)
precomputed_case("raw-many-shards", lambda: image(), "raw", sharding=sharding(shard_bits=9), chunk_size=[16, 16, 16])
for dtype in ("uint32", "uint64"):
    block = {"compressed_segmentation_block_size": [8, 9, 7]}
    precomputed_case(
        f"segmentation-{dtype}",
        lambda dtype=dtype: labels(dtype),  # type: ignore[misc]
        "compressed_segmentation",
        **block,
    )
    precomputed_case(
        f"segmentation-channels-{dtype}",
        lambda dtype=dtype: np.stack([labels(dtype), labels(dtype)[::-1]]),  # type: ignore[misc]
        "compressed_segmentation",
        **block,
    )
precomputed_case(
    "segmentation-sharded",
    lambda: labels("uint64"),
    "compressed_segmentation",
    compressed_segmentation_block_size=[8, 8, 8],
    sharding=sharding(),
)


@pytest.fixture(scope="module")
def written(server: Server, home: Home, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Array]:
    """Return the arrays that TensorStore wrote, all registered."""
    folder = tmp_path_factory.mktemp("precomputed")
    arrays = {case: write(folder / case) for case, write in PRECOMPUTED.items()}
    home.succeed("register", folder, "--name", "pre", "--all")
    return arrays


@pytest.mark.parametrize("case", PRECOMPUTED)
def test_precomputed_of_tensorstore(case: str, written: dict[str, Array], client: voxelflight.Client) -> None:
    array = written[case]
    volume = client[f"pre-{case}"]
    np.testing.assert_array_equal(volume[...], array)
    assert volume.voxel_size == (40, 5, 4)
    if array.ndim == 3:
        np.testing.assert_array_equal(volume[3:66, 100:149, 5:133], array[3:66, 100:149, 5:133])


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("sharded", [False, True])
def test_jpeg_is_decoded_as_tensorstore_does(
    channels: int, sharded: bool, home: Home, client: voxelflight.Client, tmp_path: Path
) -> None:
    array = image() if channels == 1 else np.stack([image(), 255 - image(), image()[::-1]])
    options: dict[str, Any] = {"sharding": sharding()} if sharded else {}
    write_precomputed(tmp_path / "volume", array, "jpeg", jpeg_quality=90, **options)
    name = f"jpeg-{channels}-{sharded}"
    home.succeed("register", tmp_path / "volume", "--name", name)
    store = tensorstore.open(
        {
            "driver": "neuroglancer_precomputed",
            "kvstore": {"driver": "file", "path": str(tmp_path / "volume")},
        }
    ).result()
    theirs = store[...].read().result().transpose(3, 2, 1, 0).reshape(array.shape)
    read = client[name][...]
    np.testing.assert_array_equal(read, theirs)
    assert np.abs(read.astype(int) - array).mean() < 8


def test_missing_precomputed_chunks_are_zero_and_old_shards_refused(
    home: Home, client: voxelflight.Client, tmp_path: Path
) -> None:
    array = image()
    write_precomputed(tmp_path / "sparse", array, "raw", chunk_size=[64, 64, 64])
    (lost,) = (tmp_path / "sparse").glob("*/7-71_-3-61_11-75")
    lost.unlink()
    home.succeed("register", tmp_path / "sparse", "--name", "sparse")
    array[:64, :64, :64] = 0
    np.testing.assert_array_equal(client["sparse"][...], array)
    lost.with_name(lost.name + ".br").write_bytes(b"brotli")
    home.succeed("register", tmp_path / "sparse", "--name", "brotli")
    with pytest.raises(voxelflight.VoxelflightError, match=r"compressed as br"):
        client["brotli"][:10, :10, :10]
    write_precomputed(tmp_path / "old", array, "raw", sharding=sharding(shard_bits=0, minishard_bits=0))
    for shard in (tmp_path / "old").glob("*/*.shard"):
        shard.rename(shard.with_suffix(".index"))
    assert "old form of shards" in home.fail("register", tmp_path / "old", "--name", "old")


@pytest.mark.parametrize(
    "compression",
    [
        {"type": "raw"},
        {"type": "gzip", "level": 6},
        {"type": "bzip2", "blockSize": 9},
        {"type": "xz", "preset": 3},
        {"type": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1},
    ],
    ids=lambda compression: str(compression["type"]),
)
def test_n5_of_tensorstore(compression: dict[str, Any], home: Home, client: voxelflight.Client, tmp_path: Path) -> None:
    array = image(dtype="int32") - 77
    store = tensorstore.open(
        {
            "driver": "n5",
            "kvstore": {"driver": "file", "path": str(tmp_path / "volume")},
            "metadata": {
                "dimensions": SHAPE[::-1],
                "blockSize": [64, 48, 32],
                "dataType": "int32",
                "compression": compression,
            },
            "create": True,
        }
    ).result()
    store.write(array.transpose(2, 1, 0)).result()
    name = f"n5-{compression['type']}"
    home.succeed("register", tmp_path / "volume", "--name", name, "--voxel-size", "40,5,4")
    np.testing.assert_array_equal(client[name][...], array)


def test_a_dataset_in_place_is_looked_at_and_removed_without_its_files(home: Home, tmp_path: Path) -> None:
    write_precomputed(tmp_path / "volume", labels("uint64"), "compressed_segmentation")
    before = sorted(tmp_path.rglob("*"))
    said = home.succeed("register", tmp_path / "volume", "--name", "kept", "--modality", "EM", "--tag", "a")
    assert said.startswith(
        "registered kept: 70 x 150 x 140 (zyx) uint64, 1 level, Neuroglancer precomputed in place at "
    )
    described = home.info("kept")
    assert described["stored"] == "in place"
    assert described["kind"] == "labels"
    assert described["levels"][0]["chunk_shape"] == [32, 48, 64]
    text = home.succeed("info", "kept")
    assert "CompressedSegmentation" in text
    assert "in place at file:///" in text
    assert "'kept' exists already" in home.fail("register", tmp_path / "volume", "--name", "kept")
    assert "which stays there" in home.succeed("remove", "kept")
    assert sorted(tmp_path.rglob("*")) == before
    home.succeed("register", tmp_path / "volume", "--name", "kept", "--axes", "zyx")


def test_several_volumes_are_listed_and_registered_all_or_none(
    home: Home, client: voxelflight.Client, tmp_path: Path
) -> None:
    container = shared("n5/z5py_astronaut.n5")
    message = home.fail("register", container, "--name", "several")
    assert "N5 container of 2 volumes" in message
    assert "gzip, raw" in message
    home.succeed("register", container, "--name", "several", "--all")
    np.testing.assert_array_equal(client["several-raw"][...], client["several-gzip"][...])
    assert "'several-gzip' exists already" in home.fail("register", container, "--name", "several", "--all")
    shutil.copytree(container, tmp_path / "copy")
    (tmp_path / "copy/raw/attributes.json").write_text('{"dimensions": [1], "blockSize": [1], "dataType": "string"}')
    assert '"string"' in home.fail("register", tmp_path / "copy", "--name", "half", "--all")
    assert not [name for name in home.datasets() if name.startswith("half")]


def test_wrong_calls_and_places_are_refused(home: Home, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no volume")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/info").write_text("{")
    (tmp_path / "empty").mkdir()
    volume = shared("n5/fib25_codecs.n5/u8/raw")
    assert "does not exist" in home.fail("register", tmp_path / "nothing", "--name", "w")
    assert "is a file" in home.fail("register", tmp_path / "text", "--name", "w")
    assert "not valid JSON" in home.fail("register", tmp_path / "broken", "--name", "w")
    assert "is no stored volume" in home.fail("register", tmp_path / "empty", "--name", "w")
    assert "has 3 dimensions" in home.fail("register", volume, "--name", "w", "--axes", "yx")
    assert "--axes 'zyq'" in home.fail("register", volume, "--name", "w", "--axes", "zyq")
    assert "'../w' is not allowed" in home.fail("register", volume, "--name", "../w")
    assert "password" in home.fail("register", "https://me:secret@host/v.zarr", "--name", "w")
    assert "ftp" in home.fail("register", "ftp://host/v.zarr", "--name", "w")
    assert "127.0.0.1:9" in home.fail("register", "http://127.0.0.1:9/v.zarr", "--name", "w", code=1)
    assert "w" not in home.datasets()
