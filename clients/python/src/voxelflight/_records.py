"""Datasets and levels as the server describes them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

AXES = "tczyx"


@dataclass(frozen=True)
class Level:
    """A scale level of a dataset.

    Attributes
    ----------
    level : int
        0 is the finest.
    extent : tuple of int
        Voxels along t, c, z, y, x; axes that the dataset does not have count 1.
    chunk, shard : tuple of int
        Voxels of a stored chunk and of a stored object, z, y, x.
    voxel_size : tuple of float or None
        Edges of a voxel of this level in nanometres, z, y, x; None if unknown.
    """

    level: int
    extent: tuple[int, int, int, int, int]
    chunk: tuple[int, int, int]
    shard: tuple[int, int, int]
    voxel_size: tuple[float, float, float] | None


@dataclass(frozen=True)
class Dataset:
    """A published dataset.

    Attributes
    ----------
    id : str
        Stable identifier.
    name : str
        By which it is asked for.
    kind : str
        ``"image"`` (intensities) or ``"labels"`` (object numbers).
    dtype : numpy.dtype
        Type of a voxel.
    axes : str
        The axes that it has, slowest first, out of t, c, z, y, x.
    shape : tuple of int
        Voxels along each of `axes` at level 0.
    voxel_size : tuple of float or None
        Edges of a voxel at level 0 in nanometres, z, y, x; None if unknown.
    modality : str or None
        How it was imaged.
    tags : tuple of str
        Free words given at ingestion.
    created_at : datetime.datetime
        When it was published.
    levels : tuple of Level
        Scale levels, the finest first.
    """

    id: str
    name: str
    kind: str
    dtype: np.dtype[Any]
    axes: str
    shape: tuple[int, ...]
    voxel_size: tuple[float, float, float] | None
    modality: str | None
    tags: tuple[str, ...]
    created_at: datetime
    levels: tuple[Level, ...]

    @classmethod
    def from_json(cls, text: str | bytes) -> Dataset:
        """Read the schema metadata ``voxelflight:dataset``; fields that a newer server adds are left out."""
        fields = json.loads(text)
        return cls(
            id=fields["id"],
            name=fields["name"],
            kind=fields["kind"],
            dtype=np.dtype(fields["dtype"]),
            axes=fields["axes"],
            shape=tuple(fields["shape"]),
            voxel_size=_triple(fields["voxel_size"]),
            modality=fields["modality"],
            tags=tuple(fields["tags"]),
            created_at=_instant(fields["created_at"]),
            levels=tuple(
                Level(
                    level=level["level"],
                    extent=tuple(level["extent"]),
                    chunk=tuple(level["chunk"]),
                    shard=tuple(level["shard"]),
                    voxel_size=_triple(level["voxel_size"]),
                )
                for level in fields["levels"]
            ),
        )


def _triple(value: Any) -> tuple[float, float, float] | None:
    return None if value is None else (float(value[0]), float(value[1]), float(value[2]))


def _instant(text: str) -> datetime:
    # Python 3.10 knows neither "Z" nor more or fewer than 3 or 6 decimals
    head, _, tail = text.replace("Z", "+00:00").partition(".")
    if tail:
        digits = tail[: len(tail) - len(tail.lstrip("0123456789"))]
        head += "." + digits[:6].ljust(6, "0") + tail[len(digits) :]
    return datetime.fromisoformat(head)
