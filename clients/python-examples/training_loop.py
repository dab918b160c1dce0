#!/usr/bin/env python3
"""Feed a training loop with random crops from worker processes; the same seed gives the same epoch.

Workers are spawned, never forked: gRPC does not survive a fork. Each connects for itself, as clients and volumes are
pickled by their address. With --torch the same crops come through a PyTorch DataLoader.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import voxelflight

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.queues import Queue


class RandomCrops:
    """An epoch of crops at random places inside a volume, cut into equal shares for workers."""

    def __init__(self, volume: voxelflight.Volume, side: int, crops: int, seed: int, epoch: int = 0) -> None:
        if min(volume.shape[-3:]) < side:
            raise ValueError(f"a crop of {side} is larger than the volume {volume.shape}")
        self.volume = volume
        self.side = side
        self.crops = crops
        self.seed = seed
        self.epoch = epoch

    def origins(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Return the epoch's origins, (crops, 3): they depend on seed and epoch only, not on the number of workers."""
        random = np.random.default_rng([self.seed, self.epoch])
        room = np.array(self.volume.shape[-3:]) - self.side
        return random.integers(0, room, (self.crops, 3), endpoint=True)

    def share(self, worker: int, workers: int) -> Iterator[np.ndarray[Any, Any]]:
        """Yield every `workers`-th crop as float32 from 0 to 1."""
        side = (self.side,) * 3
        with self.volume.blocks(self.origins()[worker::workers], side) as blocks:
            for block in blocks:
                yield block.array.astype(np.float32) / np.float32(255)  # the model's input; also the one copy


def work(crops: RandomCrops, worker: int, workers: int, out: Queue[Any]) -> None:
    """Run in a worker process: puts its crops, then None, or the exception that ended it."""
    try:
        for crop in crops.share(worker, workers):
            out.put(crop)
        out.put(None)
    except Exception as e:
        out.put(e)


def from_processes(crops: RandomCrops, workers: int) -> Iterator[np.ndarray[Any, Any]]:
    """Yield the epoch in its order, read by spawned processes."""
    context = multiprocessing.get_context("spawn")
    queues: list[Queue[Any]] = [context.Queue(maxsize=4) for _ in range(workers)]  # what is ready but not yet used
    processes = [
        context.Process(target=work, args=(crops, number, workers, out), daemon=True)
        for number, out in enumerate(queues)
    ]
    for process in processes:
        process.start()
    try:
        for out in itertools.cycle(queues):
            crop = out.get()
            if crop is None:
                return  # shares are taken in turn, so the first that ends is the end
            if isinstance(crop, Exception):
                raise crop
            yield crop
    finally:
        for process in processes:
            process.terminate()
            process.join()


def from_torch(crops: RandomCrops, workers: int) -> Iterator[np.ndarray[Any, Any]]:
    """Yield the epoch through a PyTorch DataLoader."""
    from torch_crops import loader

    for batch in loader(crops, workers):
        yield from batch.numpy()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("dataset", help="name of a dataset, see 'voxelflight datasets'")
    options.add_argument("--server", default="grpc://127.0.0.1:8815", help="its address (default: %(default)s)")
    options.add_argument("--crops", type=int, default=200, help="crops of an epoch (default: %(default)s)")
    options.add_argument("--side", type=int, default=64, help="voxels along each edge (default: %(default)s)")
    options.add_argument("--workers", type=int, default=2, help="processes (default: %(default)s)")
    options.add_argument("--seed", type=int, default=0, help="of the crops (default: %(default)s)")
    options.add_argument("--epochs", type=int, default=1, help="how often (default: %(default)s)")
    options.add_argument("--torch", action="store_true", help="use a PyTorch DataLoader")
    arguments = options.parse_args()

    with voxelflight.connect(arguments.server) as client:
        volume = client[arguments.dataset]
        for epoch in range(arguments.epochs):
            crops = RandomCrops(volume, arguments.side, arguments.crops, arguments.seed, epoch)
            begin = time.monotonic()
            count, total = 0, 0.0
            for crop in (
                from_torch(crops, arguments.workers) if arguments.torch else from_processes(crops, arguments.workers)
            ):
                count += 1
                total += float(crop.mean(dtype=np.float64))  # here would stand: loss = model(crop) ...
            seconds = time.monotonic() - begin
            print(
                f"epoch {epoch}: {count} crops of {arguments.side}^3, mean {total / count:.9f}, {count / seconds:.0f}/s"
            )


if __name__ == "__main__":
    main()
