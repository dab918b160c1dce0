"""Crops as a PyTorch dataset; a module of its own, so that the rest runs without PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

if TYPE_CHECKING:
    from collections.abc import Iterator

    from training_loop import RandomCrops


class Crops(IterableDataset):  # type: ignore[misc]
    def __init__(self, crops: RandomCrops) -> None:
        self.crops = crops

    def __iter__(self) -> Iterator[Any]:
        worker = get_worker_info()
        share = (worker.id, worker.num_workers) if worker else (0, 1)
        return map(torch.from_numpy, self.crops.share(*share))


def loader(crops: RandomCrops, workers: int) -> Any:
    # 'spawn' is the important word: a forked worker is refused with ForkedProcessError
    return DataLoader(Crops(crops), batch_size=8, num_workers=workers, multiprocessing_context="spawn")
