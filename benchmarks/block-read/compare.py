"""Reads the same random blocks with every reader, in turns, and prints the tables. Called by run.sh."""

import argparse
import contextlib
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile

import tuning

HERE = pathlib.Path(__file__).parent
SIDE = 128
CLIENTS = 8
WARM_PASSES = 24  # some 25 GB: until the JVM has compiled what it will
MIB = 1 << 20


class Process:
    """A reader or server that talks by lines."""

    def __init__(self, command: list[str], environment: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | (environment or {}),
        )
        self.ready = self.line()

    def line(self) -> str:
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.process.args[-4:]} ended")
        return line

    def ask(self, origins: list[list[int]]) -> None:
        self.process.stdin.write(json.dumps({"origins": origins}) + "\n")
        self.process.stdin.flush()

    def answer(self) -> dict:
        return json.loads(self.line())

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def worker(kind: str, place: str, setting: str) -> Process:
    return Process([sys.executable, str(HERE / "worker.py"), kind, place, setting], tuning.ENVIRONMENT)


def unaligned(side: int, count: int, seed: int) -> list[list[int]]:
    rng = random.Random(seed)
    return [[rng.randrange(side - SIDE + 1) for _ in range(3)] for _ in range(count)]


def aligned(side: int, count: int, seed: int) -> list[list[int]]:
    """Each chunk at most once, unless more are asked for than there are."""
    steps = range(0, side, SIDE)
    grid = [[z, y, x] for z in steps for y in steps for x in steps]
    random.Random(seed).shuffle(grid)
    return [grid[i % len(grid)] for i in range(count)]


def speed(answers: list[dict]) -> float:
    """MB/s of readers that worked at the same time."""
    return sum(a["bytes"] for a in answers) / 1e6 / max(a["seconds"] for a in answers)


class Comparison:
    def __init__(self, arguments: argparse.Namespace) -> None:
        self.side, self.count, self.rounds = arguments.side, arguments.blocks, arguments.rounds
        self.volumes, self.http, self.java = arguments.volumes, arguments.http, arguments.java
        self.warm = arguments.warm
        self.crcs: dict[tuple, int] = {}

    def check(self, origins: list[list[int]], answer: dict) -> None:
        key = tuple(map(tuple, origins[:4]))
        if self.crcs.setdefault(key, answer["crc"]) != answer["crc"]:
            raise SystemExit(f"readers disagree about the blocks at {origins[:4]}")

    def run(self, readers: list[Process], jobs: list[list[list[int]]]) -> float:
        for reader, origins in zip(readers, jobs, strict=True):
            reader.ask(origins)
        answers = [reader.answer() for reader in readers]
        for origins, answer in zip(jobs, answers, strict=True):
            self.check(origins, answer)
        return speed(answers)

    def local(self, volume: str) -> str:
        return str(self.volumes / volume)

    def in_process(self, volume: str, cache_bytes: int) -> Process:
        return Process(
            [*self.java, "io.voxelflight.benchmarks.blockread.InProcess", self.local(volume), str(cache_bytes)]
        )

    def server(self, cache_bytes: int, disk_bytes: int) -> Process:
        scratch = tempfile.mkdtemp()
        main = "io.voxelflight.benchmarks.blockread.BlockServer"
        return Process([*self.java, main, str(self.volumes), str(cache_bytes), str(disk_bytes), scratch])

    def decode(self) -> list[str]:
        """One process, blocks that are chunks, each once: how fast stored bytes become voxels."""
        lines = [
            "| stored as | our reader | TensorStore | zarr-python | zarrs | ours / TensorStore |",
            "|---|---|---|---|---|---|",
        ]
        for volume in sorted(p.name for p in self.volumes.iterdir() if p.is_dir()):
            with contextlib.ExitStack() as stack:
                readers = {
                    "ours": self.in_process(volume, 0),
                    "tensorstore": worker("tensorstore", self.local(volume), "0"),
                    "zarr": worker("zarr", self.local(volume), "own"),
                    "zarrs": worker("zarr", self.local(volume), "zarrs"),
                }
                for reader in readers.values():
                    stack.callback(reader.close)
                    for seed in (100, 101, 102):  # the JVM compiles meanwhile; others fill their pools
                        self.run([reader], [aligned(self.side, self.count, seed)])
                speeds: dict[str, list[float]] = {name: [] for name in readers}
                for number in range(self.rounds):
                    print(f"decode: {volume}, round {number + 1}", file=sys.stderr)
                    for name, reader in readers.items():
                        speeds[name].append(self.run([reader], [aligned(self.side, self.count, number)]))
                ratio = statistics.median(a / b for a, b in zip(speeds["ours"], speeds["tensorstore"], strict=True))
                cells = " | ".join(f"{statistics.median(values):.0f}" for values in speeds.values())
                lines.append(f"| {volume} | {cells} | {ratio:.2f} |")
        return lines

    def serve(self, volume: str) -> list[str]:
        """Unaligned crops through Flight, the first pass and later ones, beside readers that decode for themselves."""
        results: dict[str, list[float]] = {}
        whole = self.side**3
        for number in range(self.rounds):
            print(f"serve: {volume}, round {number + 1}", file=sys.stderr)
            with contextlib.ExitStack() as stack:
                fits, quarter = self.server(3 * whole, 0), self.server(whole // 4, 3 * whole)
                servers = {"memory": fits, "disk": quarter}
                one = {
                    "TensorStore, HTTP": worker("tensorstore", f"{self.http}/{volume}", "0"),
                    "TensorStore, local file": worker("tensorstore", self.local(volume), "0"),
                    "TensorStore, local file, cache that fits": worker(
                        "tensorstore", self.local(volume), str(2 * whole)
                    ),
                    "zarr-python, HTTP": worker("zarr", f"{self.http}/{volume}", "own"),
                    "zarr-python, local file": worker("zarr", self.local(volume), "own"),
                    "zarrs, local file": worker("zarr", self.local(volume), "zarrs"),
                    "Flight, cache that fits": worker("flight", fits.ready.split()[1], volume),
                    "Flight, a quarter in memory, the rest on disk": worker("flight", quarter.ready.split()[1], volume),
                }
                for process in (*one.values(), *servers.values()):
                    stack.callback(process.close)
                # a server that has been up for a while, and then a volume that nobody has read
                for process in servers.values():
                    other = worker("flight", process.ready.split()[1], self.warm)
                    stack.callback(other.close)
                    for turn in range(WARM_PASSES):
                        self.run([other], [unaligned(self.side, self.count, 9000 + 100 * number + turn)])
                # more crops than chunks in the first pass: afterwards all chunks were asked for
                for name, reader in one.items():
                    slow = name.startswith("zarr-python")
                    count = self.count // 4 if slow else self.count
                    first = self.run([reader], [unaligned(self.side, count, 1000 + number)])
                    results.setdefault(f"{name}|first", []).append(first)
                for turn in range(3):
                    for name, reader in one.items():
                        slow = name.startswith("zarr-python")
                        count = self.count // 4 if slow else self.count
                        origins = unaligned(self.side, count, 2000 + 10 * number + turn)
                        results.setdefault(f"{name}|later", []).append(self.run([reader], [origins]))
                groups = {
                    "8 x Flight, one server": [worker("flight", fits.ready.split()[1], volume) for _ in range(CLIENTS)],
                    "8 x Flight, a quarter in memory": [
                        worker("flight", quarter.ready.split()[1], volume) for _ in range(CLIENTS)
                    ],
                    "8 x TensorStore, local file": [
                        worker("tensorstore", self.local(volume), "0") for _ in range(CLIENTS)
                    ],
                    "8 x TensorStore, local file, 128 MiB of cache each": [
                        worker("tensorstore", self.local(volume), str(128 * MIB)) for _ in range(CLIENTS)
                    ],
                }
                for readers in groups.values():
                    for reader in readers:
                        stack.callback(reader.close)
                for turn in range(2):
                    for name, readers in groups.items():
                        share = self.count // 4
                        seeds = range(3000 + 100 * number + 10 * turn, 3000 + 100 * number + 10 * turn + CLIENTS)
                        jobs = [unaligned(self.side, share, seed) for seed in seeds]
                        results.setdefault(f"{name}|{'first' if turn == 0 else 'later'}", []).append(
                            self.run(readers, jobs)
                        )
        return self.table(results) + [""] + self.verdicts(results)

    @staticmethod
    def table(results: dict[str, list[float]]) -> list[str]:
        lines = ["| reader | first pass, MB/s | later passes, MB/s |", "|---|---|---|"]
        for name in dict.fromkeys(key.split("|")[0] for key in results):
            first, later = (statistics.median(results[f"{name}|{when}"]) for when in ("first", "later"))
            lines.append(f"| {name} | {first:.0f} | {later:.0f} |")
        return lines

    @staticmethod
    def verdicts(results: dict[str, list[float]]) -> list[str]:
        def median(key: str) -> float:
            return statistics.median(results[key])

        targets = [
            (
                "Flight, first pass / TensorStore over HTTP",
                "Flight, cache that fits|first",
                "TensorStore, HTTP|first",
                1.5,
            ),
            (
                "Flight, later passes / TensorStore over HTTP",
                "Flight, cache that fits|later",
                "TensorStore, HTTP|later",
                15,
            ),
            (
                "Flight, a quarter in memory, later / TensorStore over HTTP",
                "Flight, a quarter in memory, the rest on disk|later",
                "TensorStore, HTTP|later",
                5,
            ),
            (
                "8 clients, later / 8 TensorStore processes on the local file",
                "8 x Flight, one server|later",
                "8 x TensorStore, local file|later",
                5,
            ),
        ]
        lines = ["| target | wanted | reached |", "|---|---|---|"]
        for name, ours, theirs, wanted in targets:
            ratio = median(ours) / median(theirs)
            lines.append(f"| {name} | {wanted} | {ratio:.1f}{'' if ratio >= wanted else ' (missed)'} |")
        return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("volumes", type=pathlib.Path)
    parser.add_argument("http", help="where a web server has the same folder")
    parser.add_argument("side", type=int)
    parser.add_argument("--blocks", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--served", default="zstd-sharded")
    parser.add_argument("--warm", default="zstd", help="volume by which servers are warmed up")
    parser.add_argument("--table", type=pathlib.Path, required=True)
    parser.add_argument("java", nargs="+")
    arguments = parser.parse_args()
    comparison = Comparison(arguments)
    decoded = comparison.decode()
    print("\n".join(decoded), file=sys.stderr)
    lines = [
        f"{arguments.side}^3 uint8, real EM voxels, {arguments.blocks} blocks of 128^3 a pass, {arguments.rounds} rounds in"
        f" turns, medians of MB/s delivered, {os.cpu_count()} CPUs for all.",
        "",
        "Blocks that are chunks, each once, one process:",
        "",
        *decoded,
        "",
        f"Random unaligned blocks of `{arguments.served}`:",
        "",
        *comparison.serve(arguments.served),
    ]
    text = "\n".join(lines) + "\n"
    arguments.table.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
