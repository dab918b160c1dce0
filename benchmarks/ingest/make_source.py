"""Writes a cube of real EM voxels as one contiguous HDF5 dataset: a small volume, mirrored until it fills the cube."""

import argparse
import pathlib

import h5py
import numpy as np


def mirrored(length: int, side: int) -> np.ndarray:
    """Indices 0, 1, ..., side - 1, side - 1, ..., 1, 0, 0, 1, ... of the given length."""
    there_and_back = np.concatenate([np.arange(side), np.arange(side)[::-1]])
    return np.resize(there_and_back, length)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sample", type=pathlib.Path, help="HDF5 file with a 3-D uint8 dataset /raw")
    parser.add_argument("side", type=int, help="voxels along each axis")
    parser.add_argument("out", type=pathlib.Path)
    arguments = parser.parse_args()
    with h5py.File(arguments.sample) as file:
        sample = file["raw"][()]
    z, y, x = (mirrored(arguments.side, side) for side in sample.shape)
    with h5py.File(arguments.out, "w") as file:
        raw = file.create_dataset("raw", (arguments.side,) * 3, sample.dtype)
        for i in range(arguments.side):
            raw[i] = sample[z[i]][np.ix_(y, x)]


if __name__ == "__main__":
    main()
