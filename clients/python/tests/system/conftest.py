"""One server for most tests, on a home into which other commands ingest while it runs."""

from __future__ import annotations

import gzip
import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import adbc_driver_flightsql.dbapi as adbc
import h5py
import numpy as np
import pytest
import tifffile

import voxelflight
from harness import DATA, Home, Server, shared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Arrays = dict[str, np.ndarray[Any, Any]]


@pytest.fixture(scope="session")
def make_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Home]]:
    """Return a maker of homes; their databases are stopped at the end."""
    made: list[Home] = []

    def make() -> Home:
        made.append(Home(tmp_path_factory.mktemp("home")))
        return made[-1]

    yield make
    for home in made:
        home.down()
        # root's databases lie outside of their homes, where another user reaches them
        name = hashlib.sha256(str(home.folder.resolve()).encode()).hexdigest()[:16]
        shutil.rmtree(Path("/var/lib/voxelflight") / name, ignore_errors=True)
        shutil.rmtree(home.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def home(make_home: Callable[[], Home]) -> Home:
    return make_home()


@pytest.fixture(scope="session")
def server(home: Home) -> Iterator[Server]:
    with Server(home, "--cache", "256MiB", "--stream-memory", "128MiB", "--zarr-memory", "128MiB") as server:
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[voxelflight.Client]:
    with voxelflight.connect(server.address) as client:
        yield client


@pytest.fixture
def address(volumes: Arrays, server: Server) -> str:
    """Return where ADBC finds the server, which has the sample volumes."""
    return server.address.replace("grpc://", "grpc+tcp://")


@pytest.fixture
def dbapi(address: str) -> Iterator[adbc.Connection]:
    with adbc.connect(address, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Arrays:
    """Return the sample volumes as other programs read them, by the names of their datasets."""
    shared("fib25")
    folder = tmp_path_factory.mktemp("sources")
    with gzip.open(shared("fib25/training2_groundtruth.h5.gz")) as packed, (folder / "labels.h5").open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    with h5py.File(shared("fib25/validation_A.h5")) as file:
        image = file["raw"][...]
    slices = sorted(shared("fib25/training2_tiff").iterdir())
    stack = np.stack([tifffile.imread(path) for path in slices if path.suffix.startswith(".tif")])
    with h5py.File(folder / "labels.h5") as file:
        labels = file["stack"][...]
    random = np.random.default_rng(5)
    real = np.zeros((70, 150, 140), np.float32)
    real[5:60, 20:150, :100] = random.standard_normal((55, 130, 100), np.float32) * 3
    real[10:20, 30:40, 130:] = np.nan
    np.save(folder / "real.npy", real)
    deep = (random.integers(0, 4096, (40, 260, 100)) * (random.random((40, 260, 100)) < 0.9)).astype(np.uint16)
    np.save(folder / "deep.npy", deep)
    _files.update(labels=folder / "labels.h5", real=folder / "real.npy", deep=folder / "deep.npy")
    return {"validation_A": image, "training2": stack, "labels": labels, "real": real, "deep": deep}


_files: dict[str, Path] = {}

OPTIONS: dict[str, tuple[str, ...]] = {
    "validation_A": ("--voxel-size", "10,10,10", "--modality", "FIB-SEM", "--tag", "fib25"),
    "training2": ("--voxel-size", "10,10,10"),
    "labels": ("--dataset", "/stack", "--kind", "labels", "--voxel-size", "10,10,10"),
    "real": (),
    "deep": ("--voxel-size", "40,10,10"),
}


@pytest.fixture(scope="session")
def ingest_all() -> Callable[[Home, Arrays], None]:
    def ingest(home: Home, sources: Arrays) -> None:
        places = {
            "validation_A": DATA / "fib25/validation_A.h5",
            "training2": DATA / "fib25/training2_tiff",
            **_files,
        }
        for name in sources:
            home.ingest(places[name], name, *OPTIONS[name])

    return ingest


@pytest.fixture(scope="session")
def volumes(server: Server, home: Home, sources: Arrays, ingest_all: Callable[[Home, Arrays], None]) -> Arrays:
    """Return the sample volumes, ingested."""
    ingest_all(home, sources)
    return sources
