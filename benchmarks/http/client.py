"""Clients that ask for one block after another and time each: HTTP over one connection that is kept, and Flight."""

import json
import random
import socket
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import NamedTuple

import tuning

STREAM_BLOCKS = 64


class Blocks(NamedTuple):
    """What is asked for, and how."""

    server: str  # "nginx", "http", "call" (Flight, a call for each block) or "stream" (Flight, many a call)
    place: str  # host:port
    side: int
    format: str
    origins: list[list[int]]


class Figures(NamedTuple):
    seconds: float
    blocks: int
    milliseconds: list[float]  # of each block; of streams of each stream
    cpu: float


class Http:
    """One connection, as little Python as possible: what is measured is the server."""

    def __init__(self, place: str, paths: list[str]) -> None:
        host, port = place.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)))
        self.requests = [f"GET {path} HTTP/1.1\r\nHost: {place}\r\n\r\n".encode() for path in paths]
        self.buffer = bytearray(1 << 16)
        self.view = memoryview(self.buffer)

    def get(self, number: int) -> memoryview:
        self.socket.sendall(self.requests[number])
        got = end = 0
        while not end:
            more = self.socket.recv_into(self.view[got:])
            if not more:
                raise EOFError("the server closed the connection")
            got += more
            end = self.buffer.find(b"\r\n\r\n", 0, min(got, 1 << 16)) + 4
            end = 0 if end == 3 else end
        head = self.buffer[:end].decode().lower().split("\r\n")
        if " 200 " not in head[0] + " ":
            raise ValueError(f"{self.requests[number].decode()} got {bytes(self.view[:got])!r}")
        length = next(int(line[15:]) for line in head if line.startswith("content-length:"))
        if len(self.buffer) < end + length:
            first = bytes(self.view[:got])
            self.buffer = bytearray(end + length + 1024)
            self.view = memoryview(self.buffer)
            self.view[:got] = first
        while got < end + length:
            more = self.socket.recv_into(self.view[got : end + length])
            if not more:
                raise EOFError("the server closed the connection")
            got += more
        return self.view[end : end + length]


class Flight:
    def __init__(self, wanted: Blocks) -> None:
        import pyarrow.flight as flight

        self.flight, self.wanted = flight, wanted
        options = [("grpc.http2.max_frame_size", tuning.FRAME_BYTES)]
        self.client = flight.connect(f"grpc://{wanted.place}", generic_options=options)

    def get(self, origins: list[list[int]]) -> list[memoryview]:
        command = json.dumps({"dataset": "em", "block": [self.wanted.side] * 3, "origins": origins}).encode()
        info = self.client.get_flight_info(self.flight.FlightDescriptor.for_command(command))
        blocks = []
        for endpoint in info.endpoints:
            for chunk in self.client.do_get(endpoint.ticket):
                column = chunk.data.column("tensor").storage
                blocks.append(memoryview(column.flatten().buffers()[1]))
        return blocks


def path(wanted: Blocks, origin: list[int]) -> str:
    z, y, x = origin
    if wanted.server == "nginx":
        return f"/{wanted.side}/{z}-{y}-{x}.{wanted.format}"
    return f"/block?dataset_id=em&z={z}&y={y}&x={x}&size={wanted.side}&format={wanted.format}"


def getter(wanted: Blocks) -> Callable[[int], memoryview]:
    if wanted.server in ("call", "stream"):
        flight = Flight(wanted)
        return lambda number: flight.get([wanted.origins[number]])[0]
    return Http(wanted.place, [path(wanted, origin) for origin in wanted.origins]).get


def stepper(wanted: Blocks, rng: random.Random) -> Callable[[], int]:
    """Asks once and returns how many blocks came."""
    if wanted.server == "stream":
        flight = Flight(wanted)
        return lambda: len(flight.get([rng.choice(wanted.origins) for _ in range(STREAM_BLOCKS)]))
    get = getter(wanted)

    def step() -> int:
        get(rng.randrange(len(wanted.origins)))
        return 1

    return step


def work(seed: int, orders: Connection) -> None:
    """Wait for orders, each what is wanted and for how many seconds, and answer with figures; None ends it."""
    rng = random.Random(seed)
    while (order := orders.recv()) is not None:
        wanted, seconds = order
        step = stepper(wanted, rng)  # anew: servers close connections that are idle
        step()
        times, blocks, cpu = [], 0, time.process_time()
        begin = now = time.perf_counter()
        while now - begin < seconds:
            blocks += step()
            then, now = now, time.perf_counter()
            times.append((now - then) * 1000)
        orders.send(Figures(now - begin, blocks, times, time.process_time() - cpu))
