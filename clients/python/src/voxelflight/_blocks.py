"""Blocks and streams of them, read ahead by a thread."""

from __future__ import annotations

import threading
import weakref
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voxelflight._connection import Cancellation
from voxelflight.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from voxelflight._connection import Connection


@dataclass(frozen=True, eq=False)
class Block:
    """A box of voxels at one time point and channel.

    Attributes
    ----------
    origin : tuple of int
        Its first voxel, z, y, x, at the level that was asked; negative if the block begins before the volume.
    valid : tuple of int
        How many of its voxels along z, y, x lie inside the volume. The rest, over the edge, is fill value.
    array : numpy.ndarray
        The voxels, (z, y, x) in C order, of the shape that was asked. A read-only view of the received buffer: nothing
        is copied, and the buffer lives as long as the view. (Only a buffer that came at an address on which its dtype
        is not aligned is copied once; our server sends none such.)
    t, c : int
        Time point and channel; 0 for volumes without these axes.
    """

    origin: tuple[int, int, int]
    valid: tuple[int, int, int]
    array: npt.NDArray[Any]
    t: int = 0
    c: int = 0

    @property
    def inside(self) -> npt.NDArray[Any]:
        """The part of `array` that lies inside the volume, of shape `valid`."""
        z, y, x = (
            slice(max(0, -first), max(0, -first) + valid) for first, valid in zip(self.origin, self.valid, strict=True)
        )
        return self.array[z, y, x]


def blocks_of(batch: pa.RecordBatch) -> Iterator[Block]:
    """Yield the blocks of a record batch, a row each."""
    places = [batch.column(name).to_numpy() for name in ("t", "c", "z", "y", "x", "valid_z", "valid_y", "valid_x")]
    tensors = _tensors(batch)
    for row in range(batch.num_rows):
        t, c, z, y, x, valid_z, valid_y, valid_x = (int(column[row]) for column in places)
        yield Block((z, y, x), (valid_z, valid_y, valid_x), tensors[row], t, c)


def _tensors(batch: pa.RecordBatch) -> npt.NDArray[Any]:
    column = batch.column("tensor")
    if not hasattr(column, "to_numpy_ndarray"):
        raise InternalError(f"the server sent column 'tensor' as {column.type}, not as arrow.fixed_shape_tensor")
    array: npt.NDArray[np.generic] = column.to_numpy_ndarray()
    if not array.flags.aligned:
        array = array.copy()
        array.flags.writeable = False
    return array


class _Buffer:
    """Hands blocks from the reading thread to the asking one; the reader waits while `size` blocks are unread."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._change = threading.Condition()
        self._blocks: deque[Block] = deque()
        self._error: BaseException | None = None
        self._ended = False

    def put(self, block: Block) -> bool:
        with self._change:
            while len(self._blocks) >= self._size and not self._ended:
                self._change.wait()
            if self._ended:
                return False
            self._blocks.append(block)
            self._change.notify_all()
            return True

    def end(self, error: BaseException | None = None) -> None:
        """No more blocks will be put; those that are there can be taken, and then comes the error."""
        with self._change:
            if not self._ended:
                self._ended = True
                self._error = error
                self._change.notify_all()

    def discard(self) -> None:
        with self._change:
            self._ended = True
            self._error = None
            self._blocks.clear()
            self._change.notify_all()

    def take(self) -> Block:
        with self._change:
            while not self._blocks and not self._ended:
                self._change.wait()
            if self._blocks:
                block = self._blocks.popleft()
                self._change.notify_all()
                return block
            if self._error is not None:
                error, self._error = self._error, None
                raise error
            raise StopIteration


def _read(source: Callable[[Cancellation], Iterator[Block]], buffer: _Buffer, cancellation: Cancellation) -> None:
    try:
        blocks = source(cancellation)
        for block in blocks:
            if not buffer.put(block):
                break
        buffer.end()
    except BaseException as e:
        buffer.end(e)


def _stop(buffer: _Buffer, cancellation: Cancellation, thread: threading.Thread) -> None:
    cancellation.cancel()
    buffer.discard()
    if thread.ident is not None and thread is not threading.current_thread():
        thread.join()


class BlockStream(Iterator[Block]):
    """The blocks that were asked for, in that order: an iterator that reads ahead.

    A thread receives up to `prefetch` blocks while the caller works on earlier ones. The stream ends by itself when all
    blocks were taken; leave it earlier by `close` or by a ``with`` statement, and the server stops at once.

    Attributes
    ----------
    total : int or None
        How many blocks will come, for a progress bar; None if the origins came from an iterator of unknown length.
    """

    def __init__(
        self,
        source: Callable[[Cancellation], Iterator[Block]],
        connection: Connection,
        prefetch: int,
        total: int | None,
    ) -> None:
        self.total = total
        self._connection = connection
        self._cancellation = Cancellation()
        self._buffer = _Buffer(prefetch)
        # a daemon, and stopped by a finalizer: neither a forgotten stream nor the end of the program waits for a server
        self._thread = threading.Thread(
            target=_read, args=(source, self._buffer, self._cancellation), name="voxelflight-prefetch", daemon=True
        )
        self._finalizer = weakref.finalize(self, _stop, self._buffer, self._cancellation, self._thread)
        self._started = False

    def __iter__(self) -> BlockStream:
        return self

    def __next__(self) -> Block:
        self._connection.check_process()
        if not self._started and self._finalizer.alive:
            self._started = True
            self._thread.start()
        return self._buffer.take()

    def close(self) -> None:
        """Stop reading and free what was read ahead; harmless when repeated."""
        self._finalizer()

    def __enter__(self) -> BlockStream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
