"""A dataset at one scale level, as an array that is read on demand."""

from __future__ import annotations

import itertools
import json
import math
import operator
from collections.abc import Iterable, Iterator, Sequence, Sized
from typing import TYPE_CHECKING, Any

import numpy as np

from voxelflight._access import Retries
from voxelflight._blocks import Block, BlockStream, blocks_of
from voxelflight._connection import Cancellation
from voxelflight._indexing import select
from voxelflight._measure import Stats, stats_of
from voxelflight._records import AXES, Dataset, Level
from voxelflight.errors import InternalError, InvalidArgumentError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    import numpy.typing as npt

    from voxelflight._client import Client

BLOCK = (128, 128, 128)
# Origins asked for in one request: its command stays far below gRPC's message limit, and the few milliseconds that the
# next request takes are spread over many blocks.
ORIGINS_A_REQUEST = 512


class Volume:
    """A dataset at one scale level.

    Indexing reads: ``volume[z0:z1, y0:y1, x0:x1]`` is a `numpy.ndarray`, by the rules of NumPy's basic indexing
    (integers, negative numbers, ``...``, `None`) on the volume's own axes. Volumes can be pickled, and then connect
    anew.
    """

    def __init__(self, client: Client, dataset: Dataset, level: int = 0) -> None:
        self._client = client
        self._dataset = dataset
        self._level = next((known for known in dataset.levels if known.level == level), None) or _no_level(
            dataset, level
        )

    @property
    def name(self) -> str:
        """Name of the dataset."""
        return self._dataset.name

    @property
    def dataset(self) -> Dataset:
        """All that the server says about the dataset."""
        return self._dataset

    @property
    def axes(self) -> str:
        """The axes of the volume, slowest first, such as ``"zyx"``."""
        return self._dataset.axes

    @property
    def shape(self) -> tuple[int, ...]:
        """Voxels along each of `axes` at this level."""
        return tuple(self._level.extent[AXES.index(axis)] for axis in self._dataset.axes)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self._dataset.axes)

    @property
    def size(self) -> int:
        """Number of voxels at this level."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Size of the decoded voxels of this level in bytes."""
        return self.size * self.dtype.itemsize

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of a voxel."""
        return self._dataset.dtype

    @property
    def voxel_size(self) -> tuple[float, float, float] | None:
        """Edges of a voxel of this level in nanometres, z, y, x; None if unknown."""
        return self._level.voxel_size

    @property
    def levels(self) -> tuple[Level, ...]:
        """All scale levels of the dataset, the finest first."""
        return self._dataset.levels

    def level(self, level: int) -> Volume:
        """Return the same dataset at another scale level.

        Raises
        ------
        NotFoundError
            If there is no such level.
        """
        return Volume(self._client, self._dataset, level)

    def __getitem__(self, key: Any) -> Any:
        """Read a box.

        Returns
        -------
        numpy.ndarray
            A new, writeable array in C order; a scalar if every axis was indexed by an integer.

        Raises
        ------
        IndexError
            Too many indices, or an integer outside; slices are cut to the volume as NumPy does.
        ValueError
            A step other than 1.
        TypeError
            An index that is neither an integer, a slice, ``...`` nor `None`.
        VoxelflightError
            If the server cannot answer.
        """
        selection = select(key, self.shape, self.axes)
        array = self._read(selection.start, selection.stop).reshape(selection.shape)
        return array if selection.shape else array[()]

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> npt.NDArray[Any]:
        if copy is False:
            raise ValueError("a volume lies on a server: making an array of it is always a copy")
        array: npt.NDArray[Any] = self[...]
        return array if dtype is None else array.astype(dtype, copy=False)

    def __len__(self) -> int:
        return self.shape[0]

    def __repr__(self) -> str:
        return f"<Volume '{self.name}' level {self._level.level}: {self.shape} {self.axes} {self.dtype}>"

    def stats(
        self,
        box: Sequence[slice] | None = None,
        *,
        level: int | None = None,
        bins: int = 0,
        range: tuple[float, float] | None = None,  # noqa: A002
    ) -> Stats:
        """Measure the voxels of a box, exactly and on the server.

        Parameters
        ----------
        box : sequence of slice, optional
            One for each of `axes`, as in indexing, such as ``numpy.s_[0:64, :, 10:]``. By default the whole level.
        level : int, optional
            Another scale level than the volume's; the box is one of it.
        bins : int
            Of a histogram; 0 for none. It is by NumPy's rules, and all voxels of the box are read for it.
        range : (float, float), optional
            What the histogram covers; by default from the smallest to the largest value.

        Raises
        ------
        InvalidArgumentError
            If the box is empty, or the histogram is refused.
        ResourceExhaustedError
            If more voxels would have to be read than the server reads for one request.
        """
        at = self if level is None else self.level(level)
        asked: dict[str, Any] = at._request(box)
        if bins:
            asked["bins"] = operator.index(bins)
        if range is not None:
            asked["range"] = [float(range[0]), float(range[1])]
        return stats_of(json.loads(at._measure("stats", asked)))

    def bbox(
        self, threshold: float = 0, box: Sequence[slice] | None = None, *, level: int | None = None
    ) -> tuple[slice, ...] | None:
        """Find the smallest box around all voxels greater than `threshold`, exactly and on the server.

        Returns
        -------
        tuple of slice or None
            One for each of `axes`, to index the volume with; None if there are no such voxels.
        """
        at = self if level is None else self.level(level)
        found = json.loads(at._measure("bbox", {**at._request(box), "threshold": threshold}))["bbox"]
        if found is None:
            return None
        own = [AXES.index(axis) for axis in self.axes]
        return tuple(slice(found["start"][axis], found["stop"][axis]) for axis in own)

    def _request(self, box: Sequence[slice] | None) -> dict[str, Any]:
        asked: dict[str, Any] = {"dataset": self.name, "level": self._level.level}
        key = (...,) if box is None else tuple(box) if isinstance(box, (tuple, list)) else (box,)
        selection = select(key, self.shape, self.axes)
        if 0 in (b - a for a, b in zip(selection.start, selection.stop, strict=True)):
            raise InvalidArgumentError(f"the box {box} has no voxel of {self!r}")
        first, last = self._five(selection.start, selection.stop)
        asked["box"] = {"start": first, "stop": last}
        return asked

    def _five(self, start: tuple[int, ...], stop: tuple[int, ...]) -> tuple[list[int], list[int]]:
        """Put a box of the own axes onto all five."""
        first = [0] * 5
        last = [1] * 5
        for axis, a, b in zip(self.axes, start, stop, strict=True):
            first[AXES.index(axis)] = a
            last[AXES.index(axis)] = b
        return first, last

    def _measure(self, kind: str, asked: dict[str, Any]) -> bytes:
        return self._client.connection.action(kind, json.dumps(asked).encode(), repeatable=True)

    def blocks(
        self,
        origins: Iterable[Sequence[int]] | None = None,
        shape: Sequence[int] = BLOCK,
        *,
        prefetch: int = 4,
    ) -> BlockStream:
        """Stream blocks in the order of their origins.

        Parameters
        ----------
        origins : iterable of sequence of int, or ndarray of int, optional
            First voxels, each (z, y, x), or (t, c, z, y, x), or on the volume's own axes where these are four; at
            this level, aligned or not; each block must have a voxel in common with the volume. Taken as they are
            needed, 512 at a time and by another thread, so a generator may be endless. By default all blocks of the
            grid, the last axis fastest.
        shape : sequence of int
            Of each block, (z, y, x).
        prefetch : int
            How many blocks to receive ahead, at least 1. Memory in use is about ``prefetch + 2`` blocks.

        Returns
        -------
        BlockStream
            An iterator of `Block`; use it in a ``with`` statement if you may leave it early.

        Raises
        ------
        InvalidArgumentError
            While iterating: an origin outside of the volume, or a shape that the server refuses.
        """
        side = _integers(shape, "shape")
        if len(side) != 3 or min(side) < 1:
            raise InvalidArgumentError(f"a block has 3 sides of 1 or more, z y x, not {side}")
        if prefetch < 1:
            raise InvalidArgumentError(f"prefetch must be 1 or more, not {prefetch}")
        total: int | None = None
        if origins is None:
            t, c, *space = self._level.extent
            total = t * c * math.prod(-(-size // edge) for size, edge in zip(space, side, strict=True))
        elif isinstance(origins, Sized):
            total = len(origins)
        return BlockStream(
            lambda cancellation: self._stream(origins, side, cancellation), self._client.connection, prefetch, total
        )

    def _stream(
        self, origins: Iterable[Sequence[int]] | None, side: tuple[int, ...], cancellation: Cancellation
    ) -> Iterator[Block]:
        if origins is None:
            yield from self._answer({"block": side}, cancellation)
            return
        rest = iter(origins.tolist() if isinstance(origins, np.ndarray) else origins)
        while not cancellation.cancelled:
            some = [self._origin(origin) for origin in itertools.islice(rest, ORIGINS_A_REQUEST)]
            if not some:
                return
            while some and not cancellation.cancelled:
                count = 0
                try:
                    for block in self._in_order(side, some, cancellation):
                        count += 1
                        yield block
                    break
                except UnavailableError:
                    if not count:  # the connection has tried again
                        raise
                some = some[count:]  # each block has said which it is: go on with the next

    def _in_order(
        self, side: tuple[int, ...], origins: list[tuple[int, ...]], cancellation: Cancellation
    ) -> Iterator[Block]:
        count = 0
        for block in self._answer({"block": side, "origins": origins}, cancellation):
            asked = origins[count] if count < len(origins) else None
            if asked is None or asked[-3:] != block.origin or (len(asked) == 5 and asked[:2] != (block.t, block.c)):
                raise InternalError(f"the server sent block {block.t, block.c, *block.origin} where {asked} was due")
            count += 1
            yield block
        if count < len(origins) and not cancellation.cancelled:
            raise InternalError(f"the server sent {count} blocks instead of {len(origins)}")

    def _origin(self, origin: Sequence[int]) -> tuple[int, ...]:
        place = _integers(origin, "origin")
        if len(place) in (3, 5):
            return place
        if len(place) == 4 == self.ndim:
            own = dict(zip(self.axes, place, strict=True))
            return tuple(own.get(axis, 0) for axis in AXES)
        raise InvalidArgumentError(f"origin {place} has {len(place)} numbers: give z y x or t c z y x")

    def _read(self, start: tuple[int, ...], stop: tuple[int, ...]) -> npt.NDArray[Any]:
        """Read a box given on the own axes; the result has all five axes."""
        first, last = self._five(start, stop)
        shape = tuple(b - a for a, b in zip(first, last, strict=True))
        out = np.empty(shape, self.dtype)
        retries = Retries()
        missing = out.size
        while missing:
            missing = out.size
            try:
                for block in self._answer({"box": {"start": first, "stop": last}}, Cancellation()):
                    missing -= _place(block, out, first)
            except UnavailableError:
                # before the first block the connection has tried again; nobody has the box yet, so it can be read anew
                if missing == out.size or not retries.again():
                    raise
            else:
                if missing:
                    raise InternalError(
                        f"the server left out {missing} of {out.size} voxels of the box {first} to {last}"
                    )
        return out

    def _answer(self, what: dict[str, Any], cancellation: Cancellation) -> Iterator[Block]:
        connection = self._client.connection
        command = {"dataset": self.name, "level": self._level.level, **what}
        info = connection.info(json.dumps(command, separators=(",", ":")).encode())
        for batch in connection.batches(info, cancellation):
            yield from blocks_of(batch)

    def __reduce__(self) -> tuple[Any, ...]:
        return Volume, (self._client, self._dataset, self._level.level)


def _place(block: Block, out: npt.NDArray[Any], first: list[int]) -> int:
    """Copy what lies inside of a block to its place in an array of five axes; return how many voxels that are."""
    t0, c0, z0, y0, x0 = first
    (z, y, x), (vz, vy, vx) = block.origin, block.valid
    target = out[block.t - t0, block.c - c0, z - z0 : z - z0 + vz, y - y0 : y - y0 + vy, x - x0 : x - x0 + vx]
    if min(block.t - t0, block.c - c0, z - z0, y - y0, x - x0) < 0 or target.shape != block.valid:
        raise InternalError(f"the server sent voxels outside of the box that was asked: {block.origin}")
    target[...] = block.inside
    return target.size


def _integers(values: Sequence[int], what: str) -> tuple[int, ...]:
    try:
        return tuple(operator.index(value) for value in values)
    except TypeError:
        raise InvalidArgumentError(f"{what} {values!r} is not a sequence of integers") from None


def _no_level(dataset: Dataset, level: int) -> Level:
    raise NotFoundError(
        f"dataset '{dataset.name}' has no level {level}, its levels are "
        + ", ".join(str(known.level) for known in dataset.levels)
    )
