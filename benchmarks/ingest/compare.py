"""Ingests one source by both, in turn, and prints the medians; then compares what they stored, voxel by voxel."""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

import h5py
import numpy as np
import tensorstore as ts

HERE = pathlib.Path(__file__).parent


def run(command: list[str]) -> tuple[float, float]:
    """Wall seconds of a command and the largest resident size, in MiB, of it or of any process it waited for."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return seconds, usage.ru_maxrss / 1024


def levels(folder: pathlib.Path) -> list[ts.TensorStore]:
    found = []
    while (folder / str(len(found)) / "zarr.json").exists():
        path = str(folder / str(len(found)))
        found.append(ts.open({"driver": "zarr3", "kvstore": {"driver": "file", "path": path}}).result())
    return found


def compare(ours: pathlib.Path, theirs: pathlib.Path) -> int:
    pairs = list(zip(levels(ours), levels(theirs), strict=True))
    for number, (a, b) in enumerate(pairs):
        if a.shape != b.shape:
            sys.exit(f"level {number} differs in shape: {a.shape} and {b.shape}")
        for z in range(0, a.shape[0], 128):
            if not np.array_equal(a[z : z + 128].read().result(), b[z : z + 128].read().result()):
                sys.exit(f"level {number} differs between planes {z} and {z + 128}")
    return len(pairs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("launcher", type=pathlib.Path)
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("scratch", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--table", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    with h5py.File(arguments.source) as file:
        shape, megabytes = file["raw"].shape, file["raw"].nbytes / 1e6
    home = str(arguments.scratch / "home")
    peer = arguments.scratch / "tensorstore"
    launcher = str(arguments.launcher)
    subprocess.run([launcher, "datasets", "--home", home], check=True, stdout=subprocess.DEVNULL)  # builds, unpacks

    seconds: dict[str, list[float]] = {"voxelflight": [], "tensorstore": []}
    memory: dict[str, float] = {"voxelflight": 0, "tensorstore": 0}
    for number in range(arguments.rounds):
        shutil.rmtree(peer, ignore_errors=True)
        if number > 0:
            subprocess.run([launcher, "remove", "bench", "--home", home], check=True, stdout=subprocess.DEVNULL)
        commands = {
            "voxelflight": [launcher, "ingest", str(arguments.source), "--name", "bench", "--home", home],
            "tensorstore": [sys.executable, str(HERE / "tensorstore_ingest.py"), str(arguments.source), str(peer)],
        }
        for name in sorted(commands, reverse=number % 2 == 0):
            os.sync()  # neither shall write out what the other left
            took, mebibytes = run(commands[name])
            seconds[name].append(took)
            memory[name] = max(memory[name], mebibytes)
            print(f"round {number + 1}: {name} {took:.1f} s, {megabytes / took:.0f} MB/s", file=sys.stderr)

    info = json.loads(subprocess.check_output([launcher, "info", "bench", "--json", "--home", home]))
    ours = pathlib.Path(info["location"].removeprefix("file://"))
    same = compare(ours, peer)
    rate = {name: megabytes / statistics.median(took) for name, took in seconds.items()}
    ratio = statistics.median(t / v for v, t in zip(seconds["voxelflight"], seconds["tensorstore"]))
    table = [
        f"{'x'.join(map(str, shape))} uint8, {megabytes:.0f} MB, {arguments.rounds} rounds, {os.cpu_count()} cores",
        "",
        "| | MB/s (median) | peak resident memory, largest process |",
        "|---|---|---|",
        f"| voxelflight ingest (everything forced to the disk, catalog published) | {rate['voxelflight']:.0f}"
        f" | {memory['voxelflight']:.0f} MiB |",
        f"| TensorStore script, {os.cpu_count()} processes (nothing forced) | {rate['tensorstore']:.0f}"
        f" | {memory['tensorstore']:.0f} MiB |",
        f"| ratio (median of the rounds) | {ratio:.2f} | |",
        "",
        f"All {same} levels of both results have equal voxels.",
    ]
    text = "\n".join(table) + "\n"
    arguments.table.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
