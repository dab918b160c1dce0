"""Asks nginx, our HTTP door and our Flight door for the same blocks, in turns, and prints tables. Called by run.sh."""

import argparse
import contextlib
import io
import multiprocessing
import pathlib
import statistics
import sys
from collections.abc import Callable, Iterator

import client
import tuning

tuning.apply()

import numpy as np  # noqa: E402
from cpu import cpu_of_group  # noqa: E402
from launched import Server, smooth  # noqa: E402

VOLUME_SIDE = 512
SIDES = (128, 64)
CONNECTIONS = (1, 8)
FORMATS = ("raw", "npy")
WARM_SECONDS = 20  # of each way: until the JVM has compiled what it will
NAMES = {
    "nginx": "nginx, files",
    "http": "`GET /block`",
    "call": "Flight, a call for each block",
    "stream": f"Flight, {client.STREAM_BLOCKS} blocks a call",
}
TARGET = 0.7


def origins(side: int) -> list[list[int]]:
    steps = range(0, VOLUME_SIDE, side)
    return [[z, y, x] for z in steps for y in steps for x in steps]


def write_files(voxels: np.ndarray, folder: pathlib.Path) -> None:
    for side in SIDES:
        (folder / str(side)).mkdir()
        for z, y, x in origins(side):
            block = np.ascontiguousarray(voxels[z : z + side, y : y + side, x : x + side])
            place = folder / str(side) / f"{z}-{y}-{x}"
            place.with_suffix(".raw").write_bytes(block.tobytes())
            np.save(place.with_suffix(".npy"), block)


class Clients:
    """Processes that ask at the same time, over a connection each."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.orders, self.processes = [], []
        for seed in range(max(CONNECTIONS)):
            mine, theirs = context.Pipe()
            process = context.Process(target=client.work, args=(seed, theirs), daemon=True)
            process.start()
            self.orders.append(mine)
            self.processes.append(process)

    def run(self, wanted: client.Blocks, count: int, seconds: float) -> list[client.Figures]:
        for order in self.orders[:count]:
            order.send((wanted, seconds))
        return [order.recv() for order in self.orders[:count]]

    def close(self) -> None:
        for order in self.orders:
            order.send(None)
        for process in self.processes:
            process.join()


def check(wanted: client.Blocks, voxels: np.ndarray) -> None:
    """Every block, voxel by voxel."""
    get = client.getter(wanted)
    for number, (z, y, x) in enumerate(wanted.origins):
        body, side = get(number), wanted.side
        expected = voxels[z : z + side, y : y + side, x : x + side]
        if wanted.format == "npy":
            block = np.load(io.BytesIO(body))
        else:
            block = np.frombuffer(body, np.uint8).reshape(expected.shape)
        if not np.array_equal(block, expected):
            sys.exit(f"{wanted.server} sent other voxels at {[z, y, x]}")


class Measured:
    """Rounds of one way and number of connections."""

    def __init__(self, side: int) -> None:
        self.block_bytes = side**3
        self.per_second: list[float] = []
        self.server_cpu: list[float] = []
        self.client_cpu: list[float] = []
        self.milliseconds: list[float] = []

    def add(self, figures: list[client.Figures], server_cpu: float) -> None:
        gigabytes = sum(f.blocks for f in figures) * self.block_bytes / 1e9
        self.per_second.append(sum(f.blocks / f.seconds for f in figures))
        self.server_cpu.append(server_cpu / gigabytes)
        self.client_cpu.append(sum(f.cpu for f in figures) / gigabytes)
        for each in figures:
            self.milliseconds += each.milliseconds

    def cells(self, stream: bool) -> str:
        speed = statistics.median(self.per_second)
        p50, p99 = ("" if stream else f"{np.percentile(self.milliseconds, p):.2f}" for p in (50, 99))
        return (
            f"{speed:.0f} | {speed * self.block_bytes / 1e9:.2f} | {p50} | {p99}"
            f" | {statistics.median(self.server_cpu):.2f} | {statistics.median(self.client_cpu):.2f}"
        )


def ways(side: int, nginx: str, http: str, flight: str) -> Iterator[client.Blocks]:
    for form in FORMATS:
        yield client.Blocks("nginx", nginx, side, form, origins(side))
        yield client.Blocks("http", http, side, form, origins(side))
    yield client.Blocks("call", flight, side, "raw", origins(side))
    yield client.Blocks("stream", flight, side, "raw", origins(side))


def tables(results: dict[tuple[int, int, str, str], Measured]) -> list[str]:
    lines = []
    for side in SIDES:
        lines += [
            f"Blocks of {side}^3 uint8:",
            "",
            "| connections | server | blocks/s | GB/s | p50 ms | p99 ms | server CPU s/GB | client CPU s/GB |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for (of_side, connections, server, form), measured in results.items():
            if of_side == side:
                name = NAMES[server] + (f", {form}" if server in ("nginx", "http") else "")
                lines.append(f"| {connections} | {name} | {measured.cells(server == 'stream')} |")
        lines.append("")
    lines += [
        "| `GET /block` / nginx, median of the rounds' ratios | " + " | ".join(FORMATS) + " |",
        "|---|---|---|",
    ]
    for side in SIDES:
        for connections in CONNECTIONS:
            cells = []
            for form in FORMATS:
                ours, theirs = (results[side, connections, s, form].per_second for s in ("http", "nginx"))
                ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
                cells.append(f"{ratio:.2f}" + ("" if ratio >= TARGET else " (missed)"))
            lines.append(f"| {side}^3, {connections} connections (target: {TARGET}) | " + " | ".join(cells) + " |")
    return lines


def measure(
    arguments: argparse.Namespace,
    place: Callable[[int], Iterator[client.Blocks]],
    cpu: Callable[[str], float],
    voxels: np.ndarray,
) -> list[str]:
    wanted = {(w.side, w.server, w.format): w for side in SIDES for w in place(side)}
    results = {(way[0], n, *way[1:]): Measured(way[0]) for n in CONNECTIONS for way in wanted}
    with contextlib.closing(Clients()) as clients:
        for blocks in wanted.values():
            check(blocks, voxels)
            clients.run(blocks, max(CONNECTIONS), 0.5 if blocks.server == "nginx" else WARM_SECONDS)
        for number in range(arguments.rounds):
            print(f"round {number + 1}", file=sys.stderr)
            for (side, connections, server, form), measured in results.items():
                before = cpu(server)
                figures = clients.run(wanted[side, server, form], connections, arguments.seconds)
                measured.add(figures, cpu(server) - before)
    return tables(results)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("launcher", type=pathlib.Path)
    parser.add_argument("scratch", type=pathlib.Path, help="with nginx.pid, and the folder `files` that it serves")
    parser.add_argument("nginx", help="host:port")
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--table", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    voxels = smooth(VOLUME_SIDE)
    write_files(voxels, arguments.scratch / "files")
    nginx_group = int((arguments.scratch / "nginx.pid").read_text())
    server = Server(arguments.launcher, arguments.scratch / "home")
    try:
        server.ingest(voxels, "em")
        with server.serve("--auth", "off", "--cache", "512MiB") as running:
            http, flight = (uri.split("://")[1] for uri in (running.http, running.flight))
            lines = measure(
                arguments,
                lambda side: ways(side, arguments.nginx, http, flight),
                lambda name: cpu_of_group(nginx_group) if name == "nginx" else running.cpu(),
                voxels,
            )
    finally:
        server.remove()
    arguments.table.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
