"""A small Flight server that follows the protocol and can be told to misbehave.

Only for what the real server can't be made to do on demand: errors in mid-stream, streams that stop, several endpoints
and locations, unaligned buffers, wrong answers.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import flight

ZERO = (0, 0, 0, 0, 0)


@dataclass
class Behaviour:
    """What the server does; tests change it between calls."""

    block_box: tuple[int, int, int] = (16, 16, 16)  # how a box is cut into rows
    blocks_an_endpoint: int | None = None
    locations: list[str] = field(default_factory=list)
    rows_a_batch: int = 1
    fail_after: int | None = None  # blocks of a stream, then this:
    failure: Exception = field(default_factory=lambda: flight.FlightInternalError("CORRUPT_DATA: chunk 3/1/2 is torn"))
    leave_out: int | None = None  # the number of a row that is not sent
    pause: float = 0  # seconds before each batch


def dataset_json(name: str, array: np.ndarray[Any, Any], axes: str) -> dict[str, Any]:
    extent = [array.shape[axes.index(axis)] if axis in axes else 1 for axis in "tczyx"]
    half = [*extent[:2], *(-(-size // 2) for size in extent[2:])]
    return {
        "id": "0190b0a8-0000-7000-8000-000000000001",
        "name": name,
        "kind": "image",
        "dtype": array.dtype.name,
        "axes": axes,
        "shape": list(array.shape),
        "voxel_size": [10.0, 10.0, 12.5],
        "modality": None,
        "tags": ["made", "up"],
        "created_at": "2026-11-25T02:03:04.123456789Z",
        "levels": [
            {"level": 0, "extent": extent, "chunk": [128] * 3, "shard": [512] * 3, "voxel_size": [10.0, 10.0, 12.5]},
            {"level": 1, "extent": half, "chunk": [128] * 3, "shard": [512] * 3, "voxel_size": [20.0, 20.0, 25.0]},
        ],
    }


class FakeServer(flight.FlightServerBase):  # type: ignore[misc]
    def __init__(self, **volumes: tuple[np.ndarray[Any, Any], str]) -> None:
        super().__init__("grpc://127.0.0.1:0")
        self.behaviour = Behaviour()
        self.volumes = volumes
        self.commands: list[dict[str, Any]] = []
        self.sent = 0  # blocks put on the wire
        self._lock = threading.Lock()
        self.streams = 0  # running now

    @property
    def address(self) -> str:
        return f"grpc://127.0.0.1:{self.port}"

    def five(self, name: str) -> np.ndarray[Any, Any]:
        array, axes = self.volumes[name]
        return array.reshape([array.shape[axes.index(axis)] if axis in axes else 1 for axis in "tczyx"])

    def schema(self, name: str, side: tuple[int, ...] = (128, 128, 128)) -> pa.Schema:
        if name not in self.volumes:
            raise pa.ArrowKeyError(f"NOT_FOUND: there is no dataset '{name}'")
        array, axes = self.volumes[name]
        place = [pa.field(axis, pa.int64(), nullable=False) for axis in "tczyx"]
        valid = [pa.field(f"valid_{axis}", pa.int32(), nullable=False) for axis in "zyx"]
        tensor = pa.fixed_shape_tensor(pa.from_numpy_dtype(array.dtype), side, dim_names=["z", "y", "x"])
        metadata = {"voxelflight:dataset": json.dumps(dataset_json(name, array, axes)), "voxelflight:level": "0"}
        return pa.schema([*place, *valid, pa.field("tensor", tensor, nullable=False)], metadata)

    def list_flights(self, context: Any, criteria: bytes) -> Any:
        for name in sorted(self.volumes, reverse=True):
            yield flight.FlightInfo(self.schema(name), flight.FlightDescriptor.for_path(name), [], -1, -1)

    def get_schema(self, context: Any, descriptor: flight.FlightDescriptor) -> flight.SchemaResult:
        return flight.SchemaResult(self.schema(descriptor.path[0].decode()))

    def get_flight_info(self, context: Any, descriptor: flight.FlightDescriptor) -> flight.FlightInfo:
        command = json.loads(descriptor.command)
        self.commands.append(command)
        rows = self._rows(command)
        each = self.behaviour.blocks_an_endpoint or max(1, len(rows))
        endpoints = [
            flight.FlightEndpoint(
                json.dumps({"dataset": command["dataset"], "side": self._side(command), "rows": rows[at : at + each]}),
                self.behaviour.locations,
            )
            for at in range(0, len(rows), each)
        ]
        return flight.FlightInfo(self.schema(command["dataset"], self._side(command)), descriptor, endpoints, -1, -1)

    def _side(self, command: dict[str, Any]) -> tuple[int, ...]:
        return self.behaviour.block_box if "box" in command else tuple(command.get("block", (128, 128, 128)))

    def _rows(self, command: dict[str, Any]) -> list[list[int]]:
        extent = self.five(command["dataset"]).shape
        start, stop = ZERO, extent
        if "origins" in command:
            for origin in command["origins"]:
                if any(not 0 <= p < n for p, n in zip(origin[-3:], extent[2:], strict=True)):
                    raise ValueError(f"INVALID_ARGUMENT: origin {origin} lies outside of {list(extent)}")
            return [[0] * (5 - len(origin)) + list(origin) for origin in command["origins"]]
        if "box" in command:
            start, stop = command["box"]["start"], command["box"]["stop"]
        steps = (1, 1, *self._side(command))
        rows = [
            list(place)
            for place in itertools.product(*(range(a, b, s) for a, b, s in zip(start, stop, steps, strict=True)))
        ]
        return [row + list(stop[2:]) for row in rows] if "box" in command else rows

    def do_get(self, context: Any, ticket: flight.Ticket) -> flight.GeneratorStream:
        asked = json.loads(ticket.ticket)
        schema = self.schema(asked["dataset"], tuple(asked["side"]))
        return flight.GeneratorStream(schema, self._send(asked, schema))

    def _send(self, asked: dict[str, Any], schema: pa.Schema) -> Any:
        with self._lock:
            self.streams += 1
        try:
            rows, each = asked["rows"], self.behaviour.rows_a_batch
            for at in range(0, len(rows), each):
                if self.behaviour.fail_after is not None and at >= self.behaviour.fail_after:
                    raise self.behaviour.failure
                if self.behaviour.leave_out == at:
                    continue
                time.sleep(self.behaviour.pause)
                yield self._batch(asked, rows[at : at + each], schema)
                self.sent += len(rows[at : at + each])
        finally:
            with self._lock:
                self.streams -= 1

    def _batch(self, asked: dict[str, Any], rows: list[list[int]], schema: pa.Schema) -> pa.RecordBatch:
        volume = self.five(asked["dataset"])
        side = asked["side"]
        tensors = np.zeros((len(rows), *side), volume.dtype)
        valid = np.zeros((len(rows), 3), np.int32)
        for number, (t, c, z, y, x, *stop) in enumerate(rows):
            ends = [min(p + s, e) for p, s, e in zip((z, y, x), side, stop or volume.shape[2:], strict=True)]
            part = volume[t, c, z : ends[0], y : ends[1], x : ends[2]]
            valid[number] = part.shape
            tensors[(number, *(slice(n) for n in part.shape))] = part
        columns: list[pa.Array] = [pa.array([row[axis] for row in rows], pa.int64()) for axis in range(5)]
        columns += [pa.array(valid[:, axis]) for axis in range(3)]
        storage = pa.FixedSizeListArray.from_arrays(pa.array(tensors.ravel()), int(np.prod(side)))
        columns.append(pa.ExtensionArray.from_storage(schema.field("tensor").type, storage))
        return pa.RecordBatch.from_arrays(columns, schema=schema)
