"""Every codec, type, order and odd length that zarr-python and numcodecs write, registered and read through Flight."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from pathlib import Path

    import voxelflight
    from harness import Home

numcodecs = pytest.importorskip("numcodecs")
zarr = pytest.importorskip("zarr", minversion="3.0")

SHAPE = (37, 41, 53)  # prime: chunks are ragged everywhere
CHUNKS = (16, 41, 27)
DTYPES = (
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
    "bool",
)


def voxels(dtype: str, seed: int = 1) -> np.ndarray[Any, Any]:
    """Something that compresses: a ramp with noise, and a part that is 0."""
    rng = np.random.default_rng(seed)
    ramp = np.arange(np.prod(SHAPE)).reshape(SHAPE) / 7 + rng.normal(0, 3, SHAPE)
    ramp[20:] = 0
    ramp[5, 7] = -3
    with np.errstate(invalid="ignore"):
        return (ramp > 500) if dtype == "bool" else ramp.astype("float64").astype(dtype)


def compressors() -> dict[str, tuple[str, Any, list[Any]]]:
    """Name -> (dtype, compressor, filters) for Zarr v2."""
    all_: dict[str, tuple[str, Any, list[Any]]] = {}
    for name, shuffle, dtype in itertools.product(
        ("blosclz", "lz4", "lz4hc", "zlib", "zstd"), (0, 1, 2), ("uint8", "uint16", "float32", "uint64")
    ):
        all_[f"blosc-{name}-{shuffle}-{dtype}"] = (dtype, numcodecs.Blosc(name, 5, shuffle), [])
    for level, blocksize in ((1, 0), (9, 0), (5, 3000), (5, 256), (0, 0)):
        all_[f"blosc-level{level}-block{blocksize}"] = (
            "uint16",
            numcodecs.Blosc("blosclz", level, 1, blocksize=blocksize),
            [],
        )
    for dtype in DTYPES:
        all_[f"zstd-{dtype}"] = (dtype, numcodecs.Zstd(3), [])
    simple = {
        "zlib": numcodecs.Zlib(6),
        "gzip": numcodecs.GZip(6),
        "bz2": numcodecs.BZ2(9),
        "lz4": numcodecs.LZ4(),
        "xz": numcodecs.LZMA(format=1),
        "lzma": numcodecs.LZMA(format=2),
        "none": None,
    }
    for name, codec in simple.items():
        all_[f"{name}-uint16"] = ("uint16", codec, [])
    for dtype in ("uint8", "int16", "uint32", "int64", "float32", "float64"):
        size = np.dtype(dtype).itemsize
        if dtype[0] != "f":  # sums of floats depend on the order of adding
            all_[f"delta-{dtype}"] = (dtype, numcodecs.Zlib(1), [numcodecs.Delta(f"<{np.dtype(dtype).str[1:]}")])
        all_[f"shuffle-{dtype}"] = (dtype, numcodecs.Zstd(1), [numcodecs.Shuffle(size)])
    checks = {"crc32": numcodecs.CRC32(), "adler32": numcodecs.Adler32(), "fletcher32": numcodecs.Fletcher32()}
    for name, check in checks.items():
        all_[f"{name}-uint16"] = ("uint16", None, [check])
        all_[f"{name}-zlib-uint16"] = ("uint16", numcodecs.Zlib(1), [check])
    return all_


def write_v2(root: Path) -> dict[str, np.ndarray[Any, Any]]:
    group = zarr.open_group(root, mode="w", zarr_format=2)
    expected = {}

    def write(name: str, data: np.ndarray[Any, Any], **settings: Any) -> None:
        array = group.create_array(name, shape=SHAPE, chunks=CHUNKS, **settings)
        array[...] = data
        expected[name] = data

    for name, (dtype, compressor, filters) in compressors().items():
        write(name, voxels(dtype), dtype=dtype, compressors=compressor, filters=filters or None)
    for dtype, order in itertools.product((">u2", ">f4", "<i8", "|u1"), ("C", "F")):
        name = f"order-{order}-{np.dtype(dtype).name}-{'big' if dtype[0] == '>' else 'little'}"
        write(name, voxels(np.dtype(dtype).name), dtype=dtype, order=order, compressors=numcodecs.Zlib(1))
    write("slash", voxels("int16"), dtype="int16", chunk_key_encoding={"name": "v2", "separator": "/"})
    zarr.consolidate_metadata(root, zarr_format=2)
    return expected


def write_v3(root: Path) -> dict[str, np.ndarray[Any, Any]]:
    from zarr import codecs

    group = zarr.open_group(root, mode="w", zarr_format=3)
    expected = {}

    def write(name: str, data: np.ndarray[Any, Any], **settings: Any) -> None:
        array = group.create_array(name, shape=SHAPE, dtype=data.dtype, **({"chunks": CHUNKS} | settings))
        array[...] = data
        expected[name] = data

    for cname, shuffle, dtype in itertools.product(
        ("blosclz", "lz4", "zstd", "zlib"), ("noshuffle", "shuffle", "bitshuffle"), ("uint8", "int32", "float64")
    ):
        codec = codecs.BloscCodec(cname=cname, clevel=5, shuffle=shuffle)
        write(f"blosc-{cname}-{shuffle}-{dtype}", voxels(dtype), compressors=codec)
    for order in itertools.permutations(range(3)):
        name = "transpose-" + "".join(map(str, order))
        write(name, voxels("uint16"), filters=codecs.TransposeCodec(order=order), compressors=codecs.ZstdCodec())
    for dtype in DTYPES:
        write(f"shard-{dtype}", voxels(dtype), chunks=(8, 8, 8), shards=(16, 24, 32), compressors=codecs.GzipCodec())
    nested = codecs.ShardingCodec(
        chunk_shape=(16, 16, 16),
        codecs=[codecs.ShardingCodec(chunk_shape=(8, 4, 16), codecs=[codecs.BytesCodec(), codecs.ZstdCodec()])],
        index_location=codecs.ShardingCodecIndexLocation.start,
    )
    write("nested-shards", voxels("uint16"), chunks=(32, 16, 48), serializer=nested, compressors=None, filters=None)
    write("dots", voxels("int16"), chunk_key_encoding={"name": "default", "separator": "."})
    write("big", voxels("int32"), serializer=codecs.BytesCodec(endian="big"), compressors=codecs.Crc32cCodec())
    zarr.consolidate_metadata(root, zarr_format=3)
    return expected


def check(client: voxelflight.Client, name: str, data: np.ndarray[Any, Any]) -> None:
    volume = client[name]
    served = data.astype("uint8") if data.dtype == bool else data
    read = volume[:, :, :]
    assert read.dtype == served.dtype.newbyteorder("="), name
    np.testing.assert_array_equal(read, served, err_msg=name)
    np.testing.assert_array_equal(volume[3:30, 11:17, 20:50], served[3:30, 11:17, 20:50], err_msg=name)


@pytest.mark.parametrize("write", [write_v2, write_v3])
def test_whatever_zarr_python_writes_is_read_exactly(
    write: Any, tmp_path: Path, home: Home, client: voxelflight.Client
) -> None:
    expected = write(tmp_path / "all.zarr")
    prefix = write.__name__.replace("_", "-")
    home.succeed("register", tmp_path / "all.zarr", "--name", prefix, "--all")
    assert len(expected) > 50
    for name, data in expected.items():
        check(client, f"{prefix}-{name}", data)
