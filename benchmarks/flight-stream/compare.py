"""Starts all servers, measures them in turns and prints the table. Called by run.sh."""

import contextlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import tuning

HERE = Path(__file__).parent
DTYPES = ("uint8", "uint16", "float32")
SERVERS = {
    "own": "own DoGet binding",
    "fallback": "our server, `ownDoGet=false`",
    "stock": "Arrow Java's FlightServer, stock listener",
    "pyarrow": "pyarrow (C++) Flight server",
    "socket": "plain socket, 2 MiB direct writes (the limit)",
}
# of each dtype: a block passes in few and large steps, so the JVM's compiler is at work for the first 40 GB or so
WARM_UP_GIGABYTES = 16
TARGETS = (("socket", 0.85), ("stock", 2.5), ("pyarrow", 1.0))


def start(kind: str, java: list[str], folder: Path) -> tuple[subprocess.Popen, int]:
    folder.mkdir()
    if kind == "pyarrow":
        command = [sys.executable, str(HERE / "pyarrow_server.py")]
    else:
        command = [*java, "io.voxelflight.benchmarks.flightstream.Server", kind, str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if line.startswith("ready "):
            return process, int(line.split()[1])
    raise SystemExit(f"server '{kind}' did not start")


def receive(kind: str, port: int, pid: int, dtype: str, size: int, tuned: bool) -> dict[str, float]:
    environment = {k: v for k, v in os.environ.items() if k not in tuning.ENVIRONMENT}
    if tuned:
        environment |= tuning.ENVIRONMENT
    command = [sys.executable, str(HERE / "receive.py"), kind, str(port), str(pid), dtype, str(size)]
    if tuned:
        command.append(str(tuning.FRAME_BYTES))
    answer = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True, timeout=300)
    return json.loads(answer.stdout)


def table(results: dict, tuned: bool) -> list[str]:
    lines = [
        "| blocks | server | GB/s | range | of the socket | server CPU s/GB | client CPU s/GB |",
        "|---|---|---|---|---|---|---|",
    ]
    for dtype in DTYPES:
        limit = statistics.median(r["gb_s"] for r in results[dtype, "socket", True])
        for kind, name in SERVERS.items():
            runs = results[dtype, kind, tuned or kind == "socket"]
            speed = [r["gb_s"] for r in runs]
            lines.append(
                f"| {dtype} | {name} | {statistics.median(speed):.2f} | {min(speed):.2f} to {max(speed):.2f}"
                f" | {statistics.median(speed) / limit:.2f}"
                f" | {statistics.median(r['server'] for r in runs):.3f}"
                f" | {statistics.median(r['client'] for r in runs):.3f} |"
            )
    return lines


def verdicts(results: dict) -> list[str]:
    """The targets, round by round: the median of the ratios within a round, which all met the same weather."""
    lines = ["| target, tuned client | " + " | ".join(DTYPES) + " |", "|---|" + "---|" * len(DTYPES)]
    for kind, factor in TARGETS:
        cells = []
        for dtype in DTYPES:
            pairs = zip(results[dtype, "own", True], results[dtype, kind, True], strict=True)
            ratio = statistics.median(own["gb_s"] / other["gb_s"] for own, other in pairs)
            cells.append(f"{ratio:.2f}" + ("" if ratio >= factor else " (missed)"))
        lines.append(f"| at least {factor} of {SERVERS[kind]} | " + " | ".join(cells) + " |")
    return lines


def main(rounds: int, gigabytes: float, out: str, *java: str) -> None:
    size = int(gigabytes * 1e9)
    results: dict = {(d, k, t): [] for d in DTYPES for k in SERVERS for t in (True, False)}
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        running = {}
        for kind in SERVERS:
            process, port = start(kind, list(java), folder / kind)
            stack.callback(process.wait)
            stack.callback(process.stdin.close)
            running[kind] = process, port
        for kind, (process, port) in running.items():
            for dtype in DTYPES:
                receive(kind, port, process.pid, dtype, int(WARM_UP_GIGABYTES * 1e9), True)
        for number in range(rounds):
            for dtype in DTYPES:
                for tuned in (True, False):
                    for kind, (process, port) in running.items():
                        if tuned or kind != "socket":
                            print(f"round {number + 1}: {dtype} {kind} {'' if tuned else 'un'}tuned", file=sys.stderr)
                            figures = receive(kind, port, process.pid, dtype, size, tuned)
                            results[dtype, kind, tuned].append(figures)
    import pyarrow

    lines = [
        f"128^3 blocks, one a batch, after {WARM_UP_GIGABYTES} GB of each type, loopback; {rounds} rounds of"
        f" {gigabytes:g} GB each, servers in turns, medians;"
        f" pyarrow {pyarrow.__version__}, Python {platform.python_version()}, {os.cpu_count()} CPUs for all.",
        "",
        f"Tuned client (`{' '.join(f'{k}={v}' for k, v in tuning.ENVIRONMENT.items())}`, HTTP/2 frames of {tuning.FRAME_BYTES >> 20} MiB):",
        "",
        *table(results, True),
        "",
        *verdicts(results),
        "",
        "Untuned client:",
        "",
        *table(results, False),
    ]
    text = "\n".join(lines) + "\n"
    Path(out).write_text(text)
    print(text)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), *sys.argv[3:])
