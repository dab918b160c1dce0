"""Measures what a modest client gets beside a greedy one, and how exactly limits hold."""

import argparse
import json
import multiprocessing
import os
import pathlib
import random
import shutil
import sys
import threading
import time
from collections.abc import Iterator

import numpy as np

os.environ.setdefault("GRPC_EXPERIMENTS", "-event_engine_client")
import pyarrow as pa  # noqa: E402
import pyarrow.flight as flight  # noqa: E402
from launched import Server, smooth  # noqa: E402

SIDE = 512
BLOCK = 128
STREAMS = 64
MODEST_PER_SECOND = 20


class Client:
    def __init__(self, uri: str, key: str) -> None:
        self.client = flight.connect(uri)
        self.options = flight.FlightCallOptions(headers=[(b"authorization", f"Bearer {key}".encode())])

    def blocks(self, origins: list[list[int]]) -> Iterator[int]:
        """Ask for blocks and yield the bytes of each as it arrives."""
        command = json.dumps({"dataset": "em", "block": [BLOCK] * 3, "origins": origins}).encode()
        info = self.client.get_flight_info(flight.FlightDescriptor.for_command(command), self.options)
        for endpoint in info.endpoints:
            for chunk in self.client.do_get(endpoint.ticket, self.options):
                yield chunk.data.nbytes


def unaligned(count: int, random_: random.Random) -> list[list[int]]:
    return [[random_.randrange(1, SIDE - BLOCK) for _ in range(3)] for _ in range(count)]


def greedy(
    uri: str, key: str, stop: "multiprocessing.synchronize.Event", got: "multiprocessing.sharedctypes.Synchronized"
) -> None:
    def stream(number: int) -> None:
        client, random_ = Client(uri, key), random.Random(number)
        while not stop.is_set():
            try:
                for _ in client.blocks(unaligned(50, random_)):
                    with got.get_lock():
                        got.value += 1
                    if stop.is_set():
                        break
            except (flight.FlightError, pa.ArrowInvalid) as e:
                if not stop.is_set():
                    print(f"greedy: {str(e)[:200]}", file=sys.stderr)
                    time.sleep(0.2)

    threads = [threading.Thread(target=stream, args=(number,), daemon=True) for number in range(STREAMS)]
    for thread in threads:
        thread.start()
    stop.wait()
    os._exit(0)


def modest(uri: str, key: str, seconds: float, seed: int) -> list[float]:
    """Ask for 20 blocks/s, each as soon as it is due; return how long each took, from when it was due, in ms."""
    client, random_ = Client(uri, key), random.Random(seed)
    for _ in client.blocks(unaligned(1, random_)):
        pass
    times = []
    begin = time.perf_counter()
    for number in range(int(seconds * MODEST_PER_SECOND)):
        due = begin + number / MODEST_PER_SECOND
        time.sleep(max(0.0, due - time.perf_counter()))
        due = max(due, time.perf_counter() - 1 / MODEST_PER_SECOND)
        for _ in client.blocks(unaligned(1, random_)):
            pass
        times.append((time.perf_counter() - due) * 1000)
    return times


def fairness(server: Server, keys: dict[str, str], rounds: int, seconds: float) -> list[str]:
    alone: list[float] = []
    beside: list[float] = []
    taken = 0
    with server.serve("--auth", "required", "--cache", "32MiB", "--stream-memory", "256MiB") as running:
        uri = running.flight
        for round_ in range(rounds):
            alone += modest(uri, keys["modest"], seconds, 2 * round_)
            context = multiprocessing.get_context("spawn")
            stop, got = context.Event(), context.Value("q", 0)
            other = context.Process(target=greedy, args=(uri, keys["greedy"], stop, got))
            other.start()
            while got.value < STREAMS:
                time.sleep(0.1)
            before = got.value
            beside += modest(uri, keys["modest"], seconds, 2 * round_ + 1)
            taken += got.value - before
            stop.set()
            other.join(10)
    lines = ["| a block of the modest client, ms | p50 | p99 | longest |", "|---|---|---|---|"]
    for name, times in (("alone", alone), (f"beside {STREAMS} greedy streams", beside)):
        lines.append(f"| {name} | {np.percentile(times, 50):.1f} | {np.percentile(times, 99):.1f} | {max(times):.1f} |")
    ratio = [np.percentile(beside, p) / np.percentile(alone, p) for p in (50, 99)]
    lines.append(f"| ratio (p99 target: 3) | {ratio[0]:.2f} | {ratio[1]:.2f} | |")
    lines += ["", f"The greedy one got {taken / (rounds * seconds):.0f} blocks/s meanwhile."]
    return lines


def limits(server: Server, keys: dict[str, str], seconds: float = 30) -> list[str]:
    lines = [f"| bound, over {seconds:.0f} s | allowed | measured | off by |", "|---|---|---|---|"]
    with server.serve("--auth", "required", "--cache", "256MiB") as running:
        uri = running.flight
        client = Client(uri, keys["bytes"])
        sent = [0, 0, 0, 0]
        stop = threading.Event()

        def take(number: int) -> None:
            mine, random_ = Client(uri, keys["bytes"]), random.Random(number)
            while not stop.is_set():
                for size in mine.blocks(unaligned(20, random_)):
                    sent[number] += size
                    if stop.is_set():
                        return

        threads = [threading.Thread(target=take, args=(number,)) for number in range(len(sent))]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        measured = sum(sent) / seconds / 1e6
        stop.set()
        for thread in threads:
            thread.join()
        lines.append(
            f"| 20 MB/s, {len(sent)} streams | 20.0 MB/s | {measured:.2f} MB/s | {measured / 20 * 100 - 100:+.1f} % |"
        )
        client = Client(uri, keys["rate"])
        end, answered, refused = time.perf_counter() + seconds, 0, 0
        while time.perf_counter() < end:
            try:
                list(client.client.list_flights(b"", client.options))
                answered += 1
            except (flight.FlightError, pa.ArrowInvalid) as e:  # pyarrow takes RESOURCE_EXHAUSTED for the latter
                if "try again in" not in str(e):
                    raise
                refused += 1
        measured = answered / seconds
        lines.append(
            f"| 50 requests/s ({refused} refused) | 50.0/s | {measured:.2f}/s | {measured / 50 * 100 - 100:+.1f} % |"
        )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("launcher", type=pathlib.Path)
    parser.add_argument("scratch", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--table", type=pathlib.Path, required=True)
    parser.add_argument("--without-limits", action="store_true", help="of a build that has none")
    arguments = parser.parse_args()
    shutil.rmtree(arguments.scratch, ignore_errors=True)
    arguments.scratch.mkdir(parents=True)
    server = Server(arguments.launcher, arguments.scratch / "home")
    try:
        server.ingest(smooth(SIDE), "em")
        keys = {name: server.key(name) for name in ("greedy", "modest")}
        lines = fairness(server, keys, arguments.rounds, arguments.seconds)
        print("\n".join(lines), flush=True)
        if not arguments.without_limits:
            keys["bytes"] = server.key("bytes", "--bytes", "20MB/s")
            keys["rate"] = server.key("rate", "--rate", "50/s")
            lines += ["", *limits(server, keys)]
    finally:
        server.remove()
        shutil.rmtree(arguments.scratch, ignore_errors=True)
    arguments.table.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
