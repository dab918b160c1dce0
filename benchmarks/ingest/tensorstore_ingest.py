"""The peer: HDF5 to sharded Zarr v3 with a pyramid and statistics of each chunk, by TensorStore, h5py and NumPy.

A pool of processes, each task one shard of level 0, so that no two tasks write the same object; coarser levels follow,
each from the one before, by the same rule (mean of 2x2x2, integers rounded half to even) on shard-aligned tasks.
"""

import argparse
import json
import multiprocessing
import pathlib
import time

import google_crc32c
import h5py
import numpy as np
import tensorstore as ts

CHUNK = 128
SHARD = 512


def spec(folder: pathlib.Path, level: int, shape: tuple[int, ...]) -> dict:
    shard = [min(SHARD, -(-side // CHUNK) * CHUNK) for side in shape]
    return {
        "driver": "zarr3",
        "kvstore": {"driver": "file", "path": str(folder / str(level))},
        "metadata": {
            "shape": list(shape),
            "data_type": "uint8",
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": shard}},
            "codecs": [
                {
                    "name": "sharding_indexed",
                    "configuration": {
                        "chunk_shape": [CHUNK] * 3,
                        "codecs": [
                            {"name": "bytes"},
                            {"name": "zstd", "configuration": {"level": 3}},
                            {"name": "crc32c"},
                        ],
                        "index_codecs": [
                            {"name": "bytes", "configuration": {"endian": "little"}},
                            {"name": "crc32c"},
                        ],
                    },
                }
            ],
        },
    }


def open_level(folder: pathlib.Path, level: int, shape: tuple[int, ...], create: bool) -> ts.TensorStore:
    context = ts.Context({"cache_pool": {"total_bytes_limit": 0}, "data_copy_concurrency": {"limit": 1}})
    return ts.open(spec(folder, level, shape), create=create, open=True, context=context).result()


def statistics(level: int, origin: tuple[int, ...], chunk: np.ndarray) -> dict:
    chunk = np.ascontiguousarray(chunk)
    counts = np.bincount(chunk.ravel(), minlength=256)  # all moments of uint8 follow from the histogram
    values = np.arange(256, dtype=np.float64)
    present = np.flatnonzero(counts)
    total = chunk.size
    mean = float(counts @ values / total)
    share = counts[present] / total
    box = None
    if counts[0] < total:
        box = []
        for axis in range(3):
            along = np.flatnonzero(chunk.any(axis=tuple(a for a in range(3) if a != axis)))
            box.append((int(origin[axis] + along[0]), int(origin[axis] + along[-1] + 1)))
    return {
        "level": level,
        "origin": origin,
        "min": int(present[0]),
        "max": int(present[-1]),
        "mean": mean,
        "stddev": float(np.sqrt(counts @ (values - mean) ** 2 / total)),
        "nonzero_fraction": 1 - int(counts[0]) / total,
        "entropy": float(-(share * np.log2(share)).sum()),
        "checksum": google_crc32c.value(chunk.tobytes()),
        "bbox": box,
    }


def half(voxels: np.ndarray) -> np.ndarray:
    """Mean of 2x2x2 voxels, rounded half to even. Sides are even here."""
    wide = voxels.astype(np.uint16)
    total = wide[:, :, ::2] + wide[:, :, 1::2]
    total = total[:, ::2] + total[:, 1::2]
    total = total[::2] + total[1::2]
    return ((total + 3 + ((total >> 3) & 1)) >> 3).astype(np.uint8)


def describe(level: int, start: tuple[int, ...], voxels: np.ndarray) -> list[dict]:
    rows = []
    for z in range(0, voxels.shape[0], CHUNK):
        for y in range(0, voxels.shape[1], CHUNK):
            for x in range(0, voxels.shape[2], CHUNK):
                part = voxels[z : z + CHUNK, y : y + CHUNK, x : x + CHUNK]
                rows.append(statistics(level, (start[0] + z, start[1] + y, start[2] + x), part))
    return rows


def finest(task: tuple) -> list[dict]:
    source, folder, shape, start = task
    stop = tuple(min(s + SHARD, side) for s, side in zip(start, shape))
    box = tuple(slice(a, b) for a, b in zip(start, stop))
    with h5py.File(source) as file:
        voxels = file["raw"][box]
    write = open_level(folder, 0, shape, False)[box].write(voxels)
    rows = describe(0, start, voxels)  # while TensorStore encodes
    write.result()
    return rows


def coarser(task: tuple) -> list[dict]:
    folder, level, fine_shape, shape, start = task
    stop = tuple(min(s + SHARD, side) for s, side in zip(start, shape))
    store = open_level(folder, level - 1, fine_shape, False)
    voxels = np.empty([b - a for a, b in zip(start, stop)], np.uint8)
    for z in range(start[0], stop[0], CHUNK):  # bounded memory: a slab of chunks at once
        top = min(z + CHUNK, stop[0])
        fine = store[2 * z : 2 * top, 2 * start[1] : 2 * stop[1], 2 * start[2] : 2 * stop[2]].read().result()
        voxels[z - start[0] : top - start[0]] = half(fine)
    box = tuple(slice(a, b) for a, b in zip(start, stop))
    write = open_level(folder, level, shape, False)[box].write(voxels)
    rows = describe(level, start, voxels)
    write.result()
    return rows


def starts(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    return [
        (z, y, x)
        for z in range(0, shape[0], SHARD)
        for y in range(0, shape[1], SHARD)
        for x in range(0, shape[2], SHARD)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    arguments = parser.parse_args()
    begin = time.perf_counter()
    with h5py.File(arguments.source) as file:
        shape = file["raw"].shape
    if any(side & (side - 1) for side in shape):
        parser.error(f"sides must be powers of two, this volume is {shape}")
    rows = []
    with multiprocessing.get_context("spawn").Pool(arguments.processes) as pool:
        level = 0
        open_level(arguments.folder, 0, shape, True)
        tasks = [(arguments.source, arguments.folder, shape, start) for start in starts(shape)]
        for part in pool.imap_unordered(finest, tasks):
            rows += part
        while max(shape) > CHUNK:
            fine, shape, level = shape, tuple(side // 2 for side in shape), level + 1
            open_level(arguments.folder, level, shape, True)
            tasks = [(arguments.folder, level, fine, shape, start) for start in starts(shape)]
            for part in pool.imap_unordered(coarser, tasks):
                rows += part
    (arguments.folder / "chunks.json").write_text(json.dumps(rows))
    print(f"{time.perf_counter() - begin:.3f}")


if __name__ == "__main__":
    main()
