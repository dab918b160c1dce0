"""Bad input and bad luck: one line that says what, where and what to do; nothing published; the next run works."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING

import h5py
import numpy as np
import pytest
import tifffile

import voxelflight
from harness import Server, eventually, kill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from harness import Home

SMALL = np.arange(5 * 6 * 7, dtype=np.uint16).reshape(5, 6, 7)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("good") / "good.npy"
    np.save(path, SMALL)
    return path


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a volume that takes a while: 64 MiB of noise."""
    path = tmp_path_factory.mktemp("large") / "large.npy"
    np.save(path, np.random.default_rng(1).integers(0, 256, (256, 512, 512), np.uint8))
    return path


def truncated_hdf5(path: Path) -> None:
    data = np.random.default_rng(2).integers(0, 255, (40, 200, 200), np.uint8)
    with h5py.File(path, "w") as file:
        file.create_dataset("v", data=data, chunks=(10, 100, 100), compression="gzip")
    os.truncate(path, path.stat().st_size * 2 // 3)


def truncated_contiguous_hdf5(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("v", data=np.ones((40, 200, 200), np.uint8))
    os.truncate(path, path.stat().st_size - 10)


def corrupt_hdf5(path: Path) -> None:
    data = np.random.default_rng(2).integers(0, 9, (40, 200, 200), np.uint8)
    with h5py.File(path, "w") as file:
        stored = file.create_dataset("v", data=data, chunks=(10, 100, 100), compression="gzip")
        place = stored.id.get_chunk_info(3)
    with path.open("r+b") as raw:
        raw.seek(place.byte_offset + place.size // 2)
        raw.write(b"\xff" * 64)


def truncated_tiff(path: Path) -> None:
    tifffile.imwrite(path, np.ones((20, 64, 64), np.uint16), photometric="minisblack")
    os.truncate(path, path.stat().st_size // 2)


def truncated_tiff_end(path: Path) -> None:
    with tifffile.TiffWriter(path) as writer:
        for _ in range(3):
            writer.write(np.ones((64, 64), np.uint16), photometric="minisblack", metadata=None, contiguous=False)
    with tifffile.TiffFile(path) as file:
        last = file.pages[-1]
        assert last.dataoffsets[0] + last.databytecounts[0] == path.stat().st_size  # ends with voxels
    os.truncate(path, path.stat().st_size - 1)


def pages_of_different_size(path: Path) -> None:
    with tifffile.TiffWriter(path) as writer:
        for side in (64, 64, 65):
            writer.write(np.ones((side, 64), np.uint8), photometric="minisblack", contiguous=False)


def slices_of_different_size(path: Path) -> None:
    path.mkdir()
    for number, side in enumerate((64, 64, 65)):
        tifffile.imwrite(path / f"s{number}.tif", np.ones((side, 64), np.uint8))


def slices_of_different_type(path: Path) -> None:
    path.mkdir()
    for number, dtype in enumerate((np.uint8, np.uint16)):
        tifffile.imwrite(path / f"s{number}.tif", np.ones((64, 64), dtype))


def flat_hdf5(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("picture", data=np.ones((60, 70), np.uint8))


def two_volumes(path: Path) -> None:
    with h5py.File(path, "w") as file:
        for name in ("one", "two"):
            file.create_dataset(name, data=np.ones((6, 7, 8), np.uint8))


def strings(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("v", data=np.full((2, 3, 4), "x", dtype=h5py.string_dtype()))


def unknown(path: Path) -> None:
    path.write_bytes(b"this is not a volume\n" * 100)


def truncated_npy(path: Path) -> None:
    np.save(path, np.ones((20, 64, 64), np.float32))
    os.truncate(path, path.stat().st_size - 100)


BAD: dict[str, tuple[Callable[[Path], None] | None, str, tuple[str, ...], list[str]]] = {
    # how to make it, its name, options, words of the message
    "unknown-format": (unknown, "x.xyz", (), ["x.xyz"]),
    "unknown-content": (unknown, "x.h5", (), ["x.h5"]),
    "empty-file": (lambda path: path.touch(), "x.tif", (), ["x.tif"]),
    "empty-folder": (lambda path: path.mkdir(), "slices", (), ["slices"]),
    "no-file": (None, "gone.h5", (), ["gone.h5"]),
    "truncated-hdf5": (truncated_hdf5, "cut.h5", (), ["cut.h5"]),
    "truncated-contiguous-hdf5": (truncated_contiguous_hdf5, "cut.h5", (), ["cut.h5"]),
    "corrupt-hdf5": (corrupt_hdf5, "torn.h5", (), ["torn.h5"]),
    "truncated-tiff": (truncated_tiff, "cut.tif", (), ["cut.tif"]),
    "truncated-tiff-end": (truncated_tiff_end, "cut.tif", (), ["cut.tif"]),
    "truncated-npy": (truncated_npy, "cut.npy", (), ["cut.npy"]),
    "different-pages": (pages_of_different_size, "odd.tif", (), ["odd.tif", "64", "65"]),
    "different-slices": (slices_of_different_size, "slices", (), ["s2.tif", "64", "65"]),
    "different-types": (slices_of_different_type, "slices", (), ["s1.tif", "uint8", "uint16"]),
    "flat": (flat_hdf5, "flat.h5", ("--dataset", "/picture"), ["/picture", "60"]),
    "flat-only": (flat_hdf5, "flat.h5", (), ["flat.h5"]),
    "two-volumes": (two_volumes, "two.h5", (), ["/one", "/two", "--dataset"]),
    "no-such-dataset": (two_volumes, "two.h5", ("--dataset", "/three"), ["/three", "two.h5"]),
    "strings": (strings, "text.h5", ("--dataset", "/v"), ["/v"]),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_sources(case: str, home: Home, server: Server, good: Path, tmp_path: Path) -> None:
    make, file, options, words = BAD[case]
    path = tmp_path / file
    if make is not None:
        make(path)
    before = home.stored()
    line = home.fail("ingest", path, "--name", f"bad-{case}", *options)
    assert len(line) < 600
    for word in words:
        assert word in line
    assert home.stored() == before
    with voxelflight.connect(server.address) as client:
        assert f"bad-{case}" not in client
    if case in ("truncated-hdf5", "corrupt-hdf5", "truncated-tiff"):
        home.ingest(good, f"bad-{case}")  # the next run works, under the same name
        with voxelflight.connect(server.address) as client:
            np.testing.assert_array_equal(client[f"bad-{case}"][...], SMALL)


@pytest.mark.parametrize("name", ["", "a/b", "../up", "a b", "é", "x" * 129, "."])
def test_bad_names(name: str, home: Home, server: Server, good: Path) -> None:
    line = home.fail("ingest", good, "--name", name)
    assert f"'{name}'" in line or name in line


def test_a_name_that_exists(home: Home, server: Server, good: Path, tmp_path: Path) -> None:
    home.ingest(good, "taken")
    before = home.stored()
    other = tmp_path / "other.npy"
    np.save(other, SMALL + 1)
    assert "'taken'" in home.fail("ingest", other, "--name", "taken")
    assert home.stored() == before
    with voxelflight.connect(server.address) as client:
        np.testing.assert_array_equal(client["taken"][...], SMALL)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ingest",), "SOURCE"),
        (("ingest", "x.h5"), "--name"),
        (("ingest", "x.h5", "--name", "n", "--speed", "9"), "--speed"),
        (("ingest", "x.h5", "--name", "n", "--voxel-size", "big"), "big"),
        (("serve", "--flight-port", "70000"), "70000"),
        (("serve", "--do-get", "fast"), "fast"),
        (("serve", "--cache", "much"), "much"),
        (("sql",), "QUERY"),
        (("info", "nothing-of-that-name"), "nothing-of-that-name"),
        (("remove", "nothing-of-that-name"), "nothing-of-that-name"),
        (("dance",), "dance"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_calls(home: Home, server: Server, arguments: tuple[str, ...], words: str) -> None:
    assert words in home.fail(*arguments)


def test_wrong_sql_on_the_command_line(home: Home, server: Server) -> None:
    assert "colour" in home.fail("sql", "SELECT colour FROM datasets")


def test_a_taken_port(make_home: Callable[[], Home]) -> None:
    home = make_home()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = home.fail("serve", "--flight-port", port, "--http-port", 0, code=1)
        assert str(port) in line
        assert "--flight-port" in line
        line = home.fail("serve", "--flight-port", 0, "--http-port", port, code=1)
        assert str(port) in line
        assert "--http-port" in line
    with Server(home) as server, voxelflight.connect(server.address) as client:
        assert client.datasets() == []


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount 24 MiB."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("a small disk can only be mounted by root")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk(home: Home, server: Server, large: Path, good: Path, tiny_disk: Path) -> None:
    data = home.folder / "data"
    data.mkdir(exist_ok=True)
    kept = home.folder / "kept"
    data.rename(kept)
    try:
        data.symlink_to(tiny_disk)
        line = home.fail("ingest", large, "--name", "full", code=1)
        assert "disk is full" in line
        assert home.stored() == []
        home.ingest(good, "full")
        with voxelflight.connect(server.address) as client:
            np.testing.assert_array_equal(client["full"][...], SMALL)
        home.succeed("remove", "full")
    finally:
        data.unlink()
        kept.rename(data)


def test_killed_ingestions(make_home: Callable[[], Home], large: Path) -> None:
    """kill -9 at random moments, with and without a server; afterwards the same command works and there is one."""
    home = make_home()
    random = np.random.default_rng()
    array = np.load(large, mmap_mode="r")
    begin = time.monotonic()
    home.ingest(large, "once")
    whole = time.monotonic() - begin
    home.succeed("remove", "once")
    assert home.stored() == []
    for number in range(4):
        process = home.start("ingest", large, "--name", "once")
        time.sleep(float(random.uniform(0.3, whole)))
        if number % 2:
            kill(process)  # and the database with it
        else:
            process.kill()
        out, _ = process.communicate(timeout=30)
        if "once" in home.datasets():  # it was killed between publishing and its end
            home.succeed("remove", "once")
        else:
            assert "ingested" not in out
    home.ingest(large, "once")
    assert home.datasets() == ["once"]
    assert len(home.stored()) == 1
    with Server(home) as server, voxelflight.connect(server.address) as client:
        np.testing.assert_array_equal(client["once"][60:230, 200:400, 50:300], array[60:230, 200:400, 50:300])
        # with a server that holds the database
        process = home.start("ingest", large, "--name", "twice")
        time.sleep(float(random.uniform(0.5, whole)))
        kill(process)
        if "twice" not in client:
            home.ingest(large, "twice")
        assert sorted(client) == ["once", "twice"]
        home.succeed("remove", "twice")
        assert len(home.stored()) == 1


def test_the_database_is_killed_in_the_middle(make_home: Callable[[], Home], large: Path, good: Path) -> None:
    home = make_home()
    home.ingest(good, "before")
    process = home.start("ingest", large, "--name", "middle")
    assert eventually(lambda: bool([name for name in home.stored() if name.startswith("middle")]))
    os.kill(home.postmaster(), signal.SIGKILL)
    out, err = process.communicate(timeout=60)
    if process.returncode != 0:  # else it came back in time, which is as good
        home.check_failure(subprocess.CompletedProcess([], process.returncode, out, err), 1)
        assert home.datasets() == ["before"]
        home.ingest(large, "middle")
    assert home.datasets() == ["before", "middle"]


def test_a_server_survives_its_database(make_home: Callable[[], Home], good: Path) -> None:
    home = make_home()
    home.ingest(good, "kept")
    with Server(home) as server, voxelflight.connect(server.address) as client:
        assert client.sql("SELECT 1 AS one").to_pylist() == [{"one": 1}]
        os.kill(home.postmaster(), signal.SIGKILL)

        def answers() -> bool:
            try:
                return bool(client.sql("SELECT name FROM datasets").to_pylist() == [{"name": "kept"}])
            except voxelflight.UnavailableError:
                return False

        assert eventually(answers, 30)
        np.testing.assert_array_equal(client["kept"][...], SMALL)
