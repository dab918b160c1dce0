#!/usr/bin/env python3
"""Read a crop, then let SQL choose the blocks with the highest contrast and stream only those."""

from __future__ import annotations

import argparse

import voxelflight


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("dataset", help="name of a dataset, see 'voxelflight datasets'")
    options.add_argument("--server", default="grpc://127.0.0.1:8815", help="its address (default: %(default)s)")
    options.add_argument("--count", type=int, default=8, help="blocks to stream (default: %(default)s)")
    arguments = options.parse_args()

    with voxelflight.connect(arguments.server) as client:
        volume = client[arguments.dataset]
        print(f"{volume!r}, voxels of {volume.voxel_size} nm, {len(volume.levels)} levels")

        # Any box is a NumPy array, by NumPy's rules: here up to 64 voxels around the centre along each axis.
        centre = tuple(slice(max(0, size // 2 - 32), size // 2 + 32) for size in volume.shape)
        crop = volume[centre]
        print(f"the centre, {crop.shape}: mean {crop.mean():.2f}, from {crop.min()} to {crop.max()}")

        # Every chunk has a row of statistics: ask before you read.
        table = client.sql(
            "SELECT t, c, z, y, x, stddev, mean FROM chunks WHERE dataset = ? AND level = 0 AND stddev IS NOT NULL"
            " ORDER BY stddev DESC, id LIMIT ?",
            [arguments.dataset, arguments.count],
        )
        rows = table.to_pylist()
        origins = [(row["t"], row["c"], row["z"], row["y"], row["x"]) for row in rows]

        # Aligned blocks come out of the server's cache without a copy, and into NumPy without one.
        with volume.blocks(origins) as blocks:
            print("     z      y      x  stddev by SQL  stddev of what came")
            for row, block in zip(rows, blocks, strict=True):
                z, y, x = block.origin
                print(f"{z:6} {y:6} {x:6} {row['stddev']:14.4f} {block.inside.std(dtype=float):20.4f}")


if __name__ == "__main__":
    main()
