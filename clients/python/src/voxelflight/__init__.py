"""Client of Voxelflight: volumetric microscopy as NumPy blocks and SQL.

>>> import voxelflight
>>> client = voxelflight.connect("grpc://127.0.0.1:8815")
>>> volume = client["fib25"]
>>> crop = volume[100:228, 40:168, 7:135]
>>> with volume.blocks([(0, 0, 0), (13, 57, 99)]) as blocks:
...     for block in blocks:
...         print(block.origin, block.array.mean())
>>> table = client.sql("SELECT name, shape FROM datasets")
"""

from voxelflight._blocks import Block, BlockStream
from voxelflight._client import Client, connect
from voxelflight._measure import Histogram, Stats
from voxelflight._records import Dataset, Level
from voxelflight._volume import Volume
from voxelflight.errors import (
    AlreadyExistsError,
    CancelledError,
    CorruptDataError,
    ForkedProcessError,
    InternalError,
    InvalidArgumentError,
    NotFoundError,
    PermissionDeniedError,
    ResourceExhaustedError,
    TimedOutError,
    UnauthenticatedError,
    UnavailableError,
    UnsupportedError,
    VoxelflightError,
)

__version__ = "0.1.0"

__all__ = [
    "AlreadyExistsError",
    "Block",
    "BlockStream",
    "CancelledError",
    "Client",
    "CorruptDataError",
    "Dataset",
    "ForkedProcessError",
    "Histogram",
    "InternalError",
    "InvalidArgumentError",
    "Level",
    "NotFoundError",
    "PermissionDeniedError",
    "ResourceExhaustedError",
    "Stats",
    "TimedOutError",
    "UnauthenticatedError",
    "UnavailableError",
    "UnsupportedError",
    "Volume",
    "VoxelflightError",
    "connect",
]
