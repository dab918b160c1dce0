"""One reader in a process of its own: gets jobs as JSON lines, reads the blocks of each and answers what it took.

A job is {"origins": [[z, y, x], ...]}; the answer {"seconds": ..., "bytes": ..., "crc": ...} with the CRC-32 of the first
blocks, by which all readers are compared.
"""

import collections
import json
import os
import sys
import time
import zlib

import numpy as np
import tuning

SIDE = 128
CHECKED = 4
IN_FLIGHT = 8


class TensorStore:
    """TensorStore with so many reads in flight, and a cache of so many bytes (0: none)."""

    def __init__(self, place: str, cache: str) -> None:
        import tensorstore

        http = place.startswith("http")
        base, _, path = place.rpartition("/")
        kvstore = (
            {"driver": "http", "base_url": base, "path": f"/{path}/"}
            if http
            else {"driver": "file", "path": f"{place}/"}
        )
        spec = {"driver": "zarr3", "kvstore": kvstore, "recheck_cached_data": False, "recheck_cached_metadata": False}
        context = tensorstore.Context({"cache_pool": {"total_bytes_limit": int(cache)}})
        self.array = tensorstore.open(spec, context=context, read=True).result()

    def read(self, origins: list[list[int]]):
        waiting: collections.deque = collections.deque()
        for z, y, x in origins:
            waiting.append(self.array[z : z + SIDE, y : y + SIDE, x : x + SIDE].read())
            if len(waiting) == IN_FLIGHT:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


class ZarrPython:
    """zarr-python 3, with its own codec pipeline or that of zarrs."""

    def __init__(self, place: str, pipeline: str) -> None:
        import zarr

        if pipeline == "zarrs":
            import zarrs  # noqa: F401

            zarr.config.set({"codec_pipeline.path": "zarrs.ZarrsCodecPipeline"})
        self.array = zarr.open_array(place, mode="r")

    def read(self, origins: list[list[int]]):
        for z, y, x in origins:
            yield self.array[z : z + SIDE, y : y + SIDE, x : x + SIDE]


class Flight:
    """pyarrow, tuned as the Python package does, from one stream a job."""

    def __init__(self, place: str, dataset: str) -> None:
        import pyarrow.flight as flight

        self.flight, self.dataset = flight, dataset
        self.client = flight.connect(place, generic_options=[("grpc.http2.max_frame_size", tuning.FRAME_BYTES)])

    def read(self, origins: list[list[int]]):
        command = json.dumps({"dataset": self.dataset, "origins": origins}).encode()
        info = self.client.get_flight_info(self.flight.FlightDescriptor.for_command(command))
        for endpoint in info.endpoints:
            for chunk in self.client.do_get(endpoint.ticket):
                yield chunk.data.column("tensor").to_numpy_ndarray()[0]


def main(kind: str, place: str, setting: str) -> None:
    reader = {"tensorstore": TensorStore, "zarr": ZarrPython, "flight": Flight}[kind](place, setting)
    print("ready", flush=True)
    for line in sys.stdin:
        job = json.loads(line)
        start, cpu = time.perf_counter(), time.process_time()
        checked, size, count = [], 0, 0
        for block in reader.read(job["origins"]):
            if count < CHECKED:
                checked.append(block)
            size += block.nbytes
            count += 1
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        if count != len(job["origins"]):
            raise AssertionError(f"{count} blocks arrived, not {len(job['origins'])}")
        crc = 0
        for block in checked:
            crc = zlib.crc32(np.ascontiguousarray(block), crc)
        print(json.dumps({"seconds": seconds, "bytes": size, "crc": crc, "cpu": cpu, "pid": os.getpid()}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
