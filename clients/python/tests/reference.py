"""What the program must compute, computed again by NumPy from the definitions in the documentation."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import google_crc32c
import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]

CHUNK = 128
MAX_LABELS = 4096  # counted in a chunk: the most frequent, the smaller of equals


def sha256(array: Array) -> str:
    """SHA-256 of the values in C order, little-endian."""
    return hashlib.sha256(
        np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False).data
    ).hexdigest()


def pyramid(
    base: Array, voxel_size: tuple[float, float, float] | None, labels: bool, chunk: int = CHUNK
) -> list[Array]:
    """Compute the levels of a zyx volume, until one chunk holds the last.

    Each level halves the axes, rounding up; an axis whose voxels are already twice as long as the shortest waits.
    """
    levels = [base]
    size = np.array(voxel_size or (1, 1, 1), float)
    while max(levels[-1].shape) > chunk:
        fine = levels[-1]
        shape = np.array(fine.shape)
        shortest = size[shape > 1].min()
        steps = np.where((shape > 1) & (size < 2 * shortest), 2, 1)
        levels.append((mode if labels else mean)(fine, steps))
        size *= steps
    return levels


def _groups(fine: Array, steps: Array) -> tuple[Array, Array]:
    """Return the fine voxels under each coarse one (..., up to 8), and which of them exist."""
    pad = [(0, -size % step) for size, step in zip(fine.shape, steps, strict=True)]
    values = np.pad(fine, pad)
    there = np.pad(np.ones(fine.shape, bool), pad)
    return _cut(values, steps), _cut(there, steps)


def _cut(array: Array, steps: Array) -> Array:
    (a, b, c), (i, j, k) = (np.array(array.shape) // steps).tolist(), steps.tolist()
    return array.reshape(a, i, b, j, c, k).transpose(0, 2, 4, 1, 3, 5).reshape(a, b, c, i * j * k)


def mean(fine: Array, steps: Array) -> Array:
    """Mean of the voxels that are there, integers rounded half to even, NaN left out."""
    values, there = _groups(fine, steps)
    if fine.dtype.kind == "f":
        wide = values.astype(np.float64)
        there &= ~np.isnan(wide)
        with np.errstate(invalid="ignore"):
            return (np.where(there, wide, 0).sum(-1) / there.sum(-1)).astype(fine.dtype)
    # exact in integers: 8 values of at most 32 bits fit in 64
    assert fine.dtype.itemsize <= 4
    total = np.where(there, values.astype(np.int64), 0).sum(-1)
    count = there.sum(-1)
    low = total // count
    twice = 2 * (total - low * count)
    up = (twice > count) | ((twice == count) & (low % 2 == 1))
    return (low + up).astype(fine.dtype)


def mode(fine: Array, steps: Array) -> Array:
    """Return the most frequent label of the voxels that are there, the smallest of equals."""
    values, there = _groups(fine, steps)
    votes = ((values[..., :, None] == values[..., None, :]) & there[..., None, :]).sum(-1)
    votes[~there] = 0
    best = votes == votes.max(-1, keepdims=True)
    highest = np.iinfo(fine.dtype).max
    return np.where(best, values, highest).min(-1).astype(fine.dtype)


def statistics(volume: Array, origin: tuple[int, int, int], labels: bool = False, chunk: int = CHUNK) -> dict[str, Any]:
    """Compute what the chunk index says of one chunk of a zyx volume, in the columns of table `chunks`."""
    part = np.ascontiguousarray(volume[tuple(slice(p, p + chunk) for p in origin)])
    row: dict[str, Any] = {
        "size_z": part.shape[0],
        "size_y": part.shape[1],
        "size_x": part.shape[2],
        "nonzero_fraction": np.count_nonzero(part) / part.size,
        "checksum": google_crc32c.value(part.tobytes()),
        "entropy": None,
        "bbox": None,
        "attrs": {},
    }
    is_float = part.dtype.kind == "f"
    numbers = part[~np.isnan(part)] if is_float else part.ravel()
    if is_float and numbers.size < part.size:
        row["attrs"]["nan"] = part.size - numbers.size
    wide = numbers.astype(np.float64)
    row["vmin"], row["vmax"], row["mean"], row["stddev"] = (
        (float(wide.min()), float(wide.max()), float(wide.mean()), float(wide.std())) if numbers.size else [None] * 4
    )
    places = np.argwhere(part)
    if len(places):
        first, last = places.min(0) + origin, places.max(0) + 1 + origin
        row["bbox"] = [*first.tolist(), *last.tolist()]
    if not is_float:
        values, counts = np.unique(part, return_counts=True)
        share = counts / part.size
        row["entropy"] = float(-(share * np.log2(share)).sum())
        if labels:
            kept = sorted(zip(-counts, values, strict=True))[:MAX_LABELS]
            row["attrs"]["labels"] = {str(value): -int(count) for count, value in kept}
            if len(values) > MAX_LABELS:
                row["attrs"]["distinct_labels"] = len(values)
    return row


def check_chunk(row: dict[str, Any], volume: Array, labels: bool = False) -> None:
    """Compare a row of table `chunks` with what NumPy finds."""
    found = dict(row)
    wanted = statistics(volume, (row["z"], row["y"], row["x"]), labels)
    found["attrs"] = json.loads(row["attrs"]) if isinstance(row["attrs"], str) else row["attrs"]
    for name, value in wanted.items():
        where = f"{name} of chunk {row['z'], row['y'], row['x']} of level {row['level']}"
        if isinstance(value, float) and value is not None:
            np.testing.assert_allclose(found[name], value, rtol=1e-12, atol=1e-12, err_msg=where)
        else:
            assert found[name] == value, where


def cut(volume: Array, origin: tuple[int, ...], side: tuple[int, ...]) -> tuple[Array, tuple[int, ...]]:
    """Return a block of a zyx volume, padded with zeros over the edges, and how much of it is valid."""
    part = volume[tuple(slice(max(0, p), p + s) for p, s in zip(origin, side, strict=True))]
    block = np.zeros(side, volume.dtype)
    block[tuple(slice(max(0, -p), max(0, -p) + n) for p, n in zip(origin, part.shape, strict=True))] = part
    return block, part.shape
