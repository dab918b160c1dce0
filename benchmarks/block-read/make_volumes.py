"""Writes a cube of real EM voxels as Zarr v3 with TensorStore, once for each way of storing it."""

import argparse
import pathlib
import sys

import h5py
import numpy as np
import tensorstore

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "ingest"))
from make_source import mirrored

ZSTD = [{"name": "zstd", "configuration": {"level": 3}}]
BLOSC = [{"name": "blosc", "configuration": {"cname": "zstd", "clevel": 5, "shuffle": "bitshuffle", "typesize": 1}}]
BYTES = [{"name": "bytes", "configuration": {"endian": "little"}}]
SIDE = 128
SHARD = 512


def codecs(name: str) -> tuple[int, list[dict]]:
    """The chunk side and codec chain of a way of storing."""
    compressor = {"raw": [], "zstd": ZSTD, "blosc": BLOSC}[name.split("-")[0]]
    if not name.endswith("-sharded"):
        return SIDE, BYTES + compressor
    sharding = {
        "chunk_shape": [SIDE] * 3,
        "codecs": BYTES + compressor,
        "index_codecs": [*BYTES, {"name": "crc32c"}],
        "index_location": "end",
    }
    return SHARD, [{"name": "sharding_indexed", "configuration": sharding}]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sample", type=pathlib.Path, help="HDF5 file with a 3-D uint8 dataset /raw")
    parser.add_argument("side", type=int, help="voxels along each axis, a multiple of 512")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("names", nargs="+")
    arguments = parser.parse_args()
    with h5py.File(arguments.sample) as file:
        sample = file["raw"][()]
    z, y, x = (mirrored(arguments.side, side) for side in sample.shape)
    for name in arguments.names:
        chunk, chain = codecs(name)
        spec = {
            "driver": "zarr3",
            "kvstore": {"driver": "file", "path": str(arguments.out / name)},
            "metadata": {
                "shape": [arguments.side] * 3,
                "data_type": "uint8",
                "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [chunk] * 3}},
                "codecs": chain,
                "dimension_names": ["z", "y", "x"],
            },
        }
        array = tensorstore.open(spec, create=True, delete_existing=True).result()
        for start in range(0, arguments.side, SHARD):
            rows = z[start : start + SHARD]
            array[start : start + SHARD] = sample[np.ix_(rows, y, x)]


if __name__ == "__main__":
    main()
