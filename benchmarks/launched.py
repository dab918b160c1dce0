"""A server as a user starts it, for benchmarks: by the launcher, on a home of its own."""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from cpu import cpu_of_group


class Running(NamedTuple):
    flight: str  # grpc://HOST:PORT
    http: str  # http://HOST:PORT
    group: int  # the number of its process group

    def cpu(self) -> float:
        return cpu_of_group(self.group)


class Server:
    def __init__(self, launcher: pathlib.Path, home: pathlib.Path) -> None:
        self.launcher, self.home = launcher, home

    def run(self, name: str, *options: str) -> str:
        done = subprocess.run(
            [str(self.launcher), name, *options, "--home", str(self.home)], capture_output=True, text=True
        )
        if done.returncode != 0:
            sys.exit(f"voxelflight {name} {' '.join(options)}: {done.stderr}")
        return done.stdout.strip()

    def key(self, name: str, *options: str) -> str:
        # `keys create` is two words: the home comes after them
        return self.run("keys", "create", "--name", name, *options)

    def ingest(self, voxels: np.ndarray, name: str) -> None:
        source = self.home.with_suffix(".npy")
        np.save(source, voxels)
        self.run("ingest", str(source), "--name", name)
        source.unlink()

    @contextlib.contextmanager
    def serve(self, *options: str) -> Iterator[Running]:
        command = [
            str(self.launcher),
            "serve",
            "--home",
            str(self.home),
            "--flight-port",
            "0",
            "--http-port",
            "0",
            *options,
        ]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
        )
        try:
            line = process.stdout.readline()  # type: ignore[union-attr]
            ready = re.match(r"ready (grpc://\S+) (http://\S+)", line)
            if not ready:
                sys.exit(f"the server did not get ready: {line}")
            yield Running(ready.group(1), ready.group(2), process.pid)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)

    def remove(self) -> None:
        """End the home's database and delete all."""
        subprocess.run([str(self.launcher), "down", "--home", str(self.home)], capture_output=True)
        shutil.rmtree(self.home, ignore_errors=True)


def smooth(side: int) -> np.ndarray:
    """Voxels that an encoder finds something to do with: uint8, six random bits each, always the same."""
    return np.random.default_rng(1).integers(0, 64, (side, side, side), np.uint8)
