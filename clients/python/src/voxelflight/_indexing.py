"""NumPy's basic indexing, resolved to a box."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Selection:
    """What ``volume[key]`` asks for.

    Attributes
    ----------
    start, stop : tuple of int
        A box on the volume's own axes, inside the volume, stop excluded; may be empty.
    shape : tuple of int
        Of the result: the box without the axes that were indexed by an integer, with those that `None` adds.
    """

    start: tuple[int, ...]
    stop: tuple[int, ...]
    shape: tuple[int, ...]


def select(key: Any, shape: tuple[int, ...], axes: str) -> Selection:
    """Resolve an index expression as NumPy would on an array of `shape`.

    Raises
    ------
    IndexError
        Too many indices, or an integer outside.
    ValueError
        A slice with a step other than 1.
    TypeError
        An index that is neither an integer, a slice, ``...`` nor `None`.
    """
    keys = key if isinstance(key, tuple) else (key,)
    ellipses = sum(1 for k in keys if k is Ellipsis)
    if ellipses > 1:
        raise IndexError("an index can have only one ellipsis ('...')")
    given = sum(1 for k in keys if k is not None and k is not Ellipsis)
    if given > len(shape):
        raise IndexError(f"{given} indices for a volume of {len(shape)} axes ({axes})")
    if not ellipses:
        keys = (*keys, Ellipsis)
    start: list[int] = []
    stop: list[int] = []
    result: list[int] = []
    for k in keys:
        axis = len(start)
        if k is None:
            result.append(1)
        elif k is Ellipsis:
            for size in shape[axis : axis + len(shape) - given]:
                start.append(0)
                stop.append(size)
                result.append(size)
        elif isinstance(k, slice):
            first, last = _range(k, shape[axis], axes[axis])
            start.append(first)
            stop.append(last)
            result.append(last - first)
        else:
            place = _integer(k, shape[axis], axes[axis])
            start.append(place)
            stop.append(place + 1)
    return Selection(tuple(start), tuple(stop), tuple(result))


def _range(key: slice, size: int, axis: str) -> tuple[int, int]:
    first, last, step = key.indices(size)
    if step != 1:
        raise ValueError(
            f"step {step} along {axis}: only step 1 can be read; read the whole range and take [::{step}] of the"
            " result, or read a coarser level (volume.level(1))"
        )
    return first, max(first, last)


def _integer(key: Any, size: int, axis: str) -> int:
    refused = TypeError(
        f"cannot index a volume by {type(key).__name__} along {axis}: use integers, slices, '...' or None; "
        "for many places at once use volume.blocks(origins)"
    )
    if isinstance(key, bool):
        raise refused
    try:
        place = operator.index(key)
    except TypeError:
        raise refused from None
    if not -size <= place < size:
        raise IndexError(f"index {place} is outside of axis {axis} with {size} voxels")
    return place + size if place < 0 else place
