"""Runs the real program: commands in processes of their own, servers that are stopped whatever happens."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import signal
import subprocess
import threading
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType

ROOT = Path(__file__).resolve().parents[3]
LAUNCHER = Path(os.environ.get("VOXELFLIGHT_LAUNCHER", ROOT / "voxelflight"))  # or that of an installed image
DATA = Path(os.environ.get("VOXELFLIGHT_DATA", ROOT.parent / "shared" / "data"))


def shared(name: str) -> Path:
    """Return a path in the folder of sample data; the test is skipped where it is absent."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{path} is not here, set VOXELFLIGHT_DATA to the folder of sample data")
    return path


def expected(key: str) -> dict[str, Any]:
    """Return what is known of an array of the sample data."""
    known: dict[str, Any] = json.loads(shared("expected.json").read_text())[key]
    return known


def eventually(true: Callable[[], bool], seconds: float = 20) -> bool:
    """Wait until something is true; return whether it became so."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


class Home:
    """A home folder, and the program run on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment: dict[str, str] = {
            name: value for name, value in os.environ.items() if not name.startswith(("VOXELFLIGHT_HOME", "DATABASE_"))
        }

    def command(self, *arguments: object) -> list[str]:
        words = [str(argument) for argument in arguments]
        name = 2 if words[0] == "keys" else 1  # 'keys create', 'keys revoke' ...
        return [str(LAUNCHER), *words[:name], "--home", str(self.folder), *words[name:]]

    def start(self, *arguments: object, environment: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start a command in a process group of its own, which `kill` ends."""
        # short commands need half of the CPU when the JVM does not optimize them to the last
        short = {} if arguments[0] == "serve" else {"VOXELFLIGHT_JAVA_OPTS": "-XX:TieredStopAtLevel=1"}
        return subprocess.Popen(
            self.command(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**short, **self.environment, **(environment or {})},
            start_new_session=True,
        )

    def run(
        self, *arguments: object, environment: Mapping[str, str] | None = None, seconds: float = 100
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        process = self.start(*arguments, environment=environment)
        try:
            out, err = process.communicate(timeout=seconds)
        except BaseException:
            kill(process)
            raise
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def succeed(self, *arguments: object) -> str:
        """Run a command that must end well and return what it printed."""
        done = self.run(*arguments)
        assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def fail(self, *arguments: object, code: int = 2, environment: Mapping[str, str] | None = None) -> str:
        """Run a command that must fail as a command shall: the code, nothing printed, one line on standard error."""
        done = self.run(*arguments, environment=environment)
        return self.check_failure(done, code)

    def check_failure(self, done: subprocess.CompletedProcess[str], code: int) -> str:
        lines = [line for line in done.stderr.splitlines() if line.startswith("voxelflight: ")]
        assert done.returncode == code, f"exit code {done.returncode}: {done.stdout}\n{done.stderr}"
        assert len(lines) == 1, done.stderr
        assert "\tat " not in done.stderr, "a trace"
        assert done.stderr.splitlines()[-1] == lines[0], done.stderr
        return lines[0].removeprefix("voxelflight: ")

    def ingest(self, source: Path, name: str, *options: object) -> None:
        self.succeed("ingest", source, "--name", name, *options)

    def datasets(self) -> list[str]:
        return sorted(dataset["name"] for dataset in json.loads(self.succeed("datasets", "--json")))

    def info(self, name: str) -> dict[str, Any]:
        described: dict[str, Any] = json.loads(self.succeed("info", name, "--json"))
        return described

    def location(self, name: str) -> Path:
        """Return where the stored volume of a dataset lies."""
        place = str(self.info(name)["location"])
        return Path(place.removeprefix("file://"))

    def stored(self) -> list[str]:
        """Return what lies in the folder of volumes, and what an ingestion has left unfinished."""
        volumes = self.folder / "data"
        paths = [*volumes.glob("*"), *volumes.glob(".staging/*")] if volumes.exists() else []
        # 'gate' is the lock of the staging area
        return sorted(path.name for path in paths if not path.name.startswith(".") and path.name != "gate")

    def postmaster(self) -> int:
        """Return the process of the embedded database: it writes into the log of its home."""
        log = (self.folder / "logs" / "postgres.log").resolve()
        if not Path("/proc/self").exists():
            pytest.skip("processes are found by /proc, which is not here")
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if (process / "fd/1").readlink() == log or (process / "fd/2").readlink() == log:
                    found.append(process)
        # the first of them started the others
        pids = {
            int(process.name): int((process / "stat").read_text().rpartition(")")[2].split()[1]) for process in found
        }
        (pid,) = [pid for pid, parent in pids.items() if parent not in pids]
        return pid

    def down(self) -> None:
        self.run("down")


def kill(process: subprocess.Popen[Any]) -> None:
    """Kill a process and its children at once, as the kernel does when memory runs out."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Server:
    """A running `voxelflight serve`."""

    READY = re.compile(r"^ready (grpc(?:\+tls)?://\S+) (https?://\S+)")

    def __init__(self, home: Home, *options: object, environment: Mapping[str, str] | None = None) -> None:
        self.home = home
        self.process = home.start("serve", "--flight-port", 0, "--http-port", 0, *options, environment=environment)
        self._lines: queue.Queue[str | None] = queue.Queue()
        self.log: list[str] = []
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self._threads = [
            threading.Thread(target=self._read_out, args=(self.process.stdout,), daemon=True),
            threading.Thread(target=self._read_log, args=(self.process.stderr,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        self.address, self.http = self._wait(90)

    def _read_out(self, stream: Iterator[str]) -> None:
        for line in stream:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def _read_log(self, stream: Iterator[str]) -> None:
        for line in stream:
            self.log.append(line.rstrip("\n"))

    def _wait(self, seconds: float) -> tuple[str, str]:
        end = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                line = None
            found = self.READY.match(line) if line is not None else None
            if found:
                return found.group(1), found.group(2)
            if line is None:
                kill(self.process)
                raise AssertionError("the server did not get ready:\n" + "\n".join(self.log[-30:]))

    def metrics(self) -> dict[str, float]:
        """Return the samples of /metrics by name, those with labels by name{labels}."""
        with urllib.request.urlopen(f"{self.http}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        samples = (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))
        return {name: float(value) for name, _, value in samples}

    def resident_bytes(self) -> int:
        """Return the memory that the server's process holds (the launcher replaces itself by it)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE).group(1)) * 1024  # type: ignore[union-attr]

    def stop(self) -> int:
        """Stop as an operator does and return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                kill(self.process)
                raise
        for thread in self._threads:
            thread.join(5)
        return self.process.returncode

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.stop()
        finally:
            kill(self.process)
