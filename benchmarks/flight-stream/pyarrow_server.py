"""A Flight server of Arrow C++ that sends batches of our schema which lie ready in memory. Tickets: ``TYPE COUNT``."""

import itertools
import json
import sys

import numpy as np
import pyarrow as pa
import pyarrow.flight as flight

SIDE = 128
BLOCKS = 16


def batch(dtype: str, rng: np.random.Generator) -> pa.RecordBatch:
    """One block of random voxels as our server sends it."""
    voxels = pa.array(np.frombuffer(rng.bytes(SIDE**3 * np.dtype(dtype).itemsize), dtype=dtype))
    columns = [pa.array([0], pa.int64())] * 5 + [pa.array([SIDE], pa.int32())] * 3
    columns.append(pa.FixedSizeListArray.from_arrays(voxels, type=list_type(dtype)))
    return pa.record_batch(columns, schema=schema(dtype))


def list_type(dtype: str) -> pa.DataType:
    return pa.list_(pa.field("item", pa.from_numpy_dtype(np.dtype(dtype)), nullable=False), SIDE**3)


def schema(dtype: str) -> pa.Schema:
    metadata = {
        "ARROW:extension:name": "arrow.fixed_shape_tensor",
        "ARROW:extension:metadata": json.dumps({"shape": [SIDE] * 3, "dim_names": ["z", "y", "x"]}),
    }
    fields = [pa.field(name, pa.int64(), nullable=False) for name in "tczyx"]
    fields += [pa.field("valid_" + name, pa.int32(), nullable=False) for name in "zyx"]
    fields.append(pa.field("tensor", list_type(dtype), nullable=False, metadata=metadata))
    return pa.schema(fields)


class Server(flight.FlightServerBase):
    def __init__(self) -> None:
        super().__init__("grpc://127.0.0.1:0")
        rng = np.random.default_rng(1)
        self.batches = {t: [batch(t, rng) for _ in range(BLOCKS)] for t in ("uint8", "uint16", "float32")}

    def do_get(self, context: flight.ServerCallContext, ticket: flight.Ticket) -> flight.FlightDataStream:
        dtype, count = ticket.ticket.decode().split()
        blocks = itertools.islice(itertools.cycle(self.batches[dtype]), int(count))
        return flight.RecordBatchStream(pa.RecordBatchReader.from_batches(schema(dtype), blocks))


if __name__ == "__main__":
    server = Server()
    print("ready", server.port, flush=True)
    sys.stdin.read()
    server.shutdown()
