"""Writes a folder of volumes with every codec that zarr-python, numcodecs and TensorStore have: input of the fuzz test.

python write_volumes.py DIR
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from system.test_codecs import write_v2, write_v3
from system.test_registered import PRECOMPUTED, image, sharding, write_precomputed


def write_volumes(folder: Path) -> None:
    """Write zarr_v2/all.zarr/*, zarr_v3/all.zarr/* and precomputed/*."""
    write_v2(folder / "zarr_v2" / "all.zarr")
    write_v3(folder / "zarr_v3" / "all.zarr")
    for name, write in PRECOMPUTED.items():
        write(folder / "precomputed" / name)
    colours = np.stack([image(), 255 - image(), image()[::-1]])
    write_precomputed(folder / "precomputed" / "jpeg-gray", image(), "jpeg")
    write_precomputed(folder / "precomputed" / "jpeg-colour", colours, "jpeg")
    write_precomputed(folder / "precomputed" / "jpeg-sharded", image(), "jpeg", sharding=sharding())


if __name__ == "__main__":
    write_volumes(Path(sys.argv[1]))
