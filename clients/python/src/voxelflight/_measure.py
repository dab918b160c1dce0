"""What the server measures of a box of voxels, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts of values, as `numpy.histogram` gives them.

    Attributes
    ----------
    counts : numpy.ndarray of int64
        Of each bin.
    edges : numpy.ndarray of float64
        One more than there are bins. A bin takes its lower edge, the last one its upper edge too.
    """

    counts: npt.NDArray[np.int64]
    edges: npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Stats:
    """Statistics of a box. NaN is counted, and otherwise left out.

    Attributes
    ----------
    voxels, count, nan, nonzero : int
        All voxels; those that are numbers; those that are NaN; those that are not 0 (NaN is not).
    min, max : int or float or None
        Exact. None if there are only NaNs.
    mean, stddev : float or None
        In double precision; the standard deviation is that of the whole, not of a sample.
    histogram : Histogram or None
        If it was asked for.
    """

    voxels: int
    count: int
    nan: int
    nonzero: int
    min: int | float | None
    max: int | float | None
    mean: float | None
    stddev: float | None
    histogram: Histogram | None = None


def stats_of(answer: dict[str, Any]) -> Stats:
    """Return what a JSON answer says; numbers that JSON has not, such as infinity, come as text."""
    counted = answer.get("histogram")
    histogram = counted and Histogram(np.array(counted["counts"], np.int64), np.array(counted["edges"], np.float64))

    def number(name: str) -> Any:
        return float(answer[name]) if isinstance(answer[name], str) else answer[name]

    return Stats(
        voxels=int(answer["voxels"]),
        count=int(answer["count"]),
        nan=int(answer["nan"]),
        nonzero=int(answer["nonzero"]),
        min=number("min"),
        max=number("max"),
        mean=number("mean"),
        stddev=number("stddev"),
        histogram=histogram,
    )
