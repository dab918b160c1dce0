"""Clients that die, go away or dawdle leave nothing behind and stay within the limits."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import voxelflight
from harness import Server, eventually

if TYPE_CHECKING:
    Arrays = dict[str, np.ndarray[Any, Any]]

STREAM_BYTES = "voxelflight_stream_bytes"
STREAM_LIMIT = 128 << 20  # as the fixture of the server sets it
MIB = 1 << 20

READER = textwrap.dedent(
    """
    import itertools, sys
    import numpy as np, voxelflight
    volume = voxelflight.connect(sys.argv[1])["validation_A"]
    random = np.random.default_rng(int(sys.argv[2]))
    origins = (random.integers(0, volume.shape).tolist() for _ in itertools.count())
    for number, block in enumerate(volume.blocks(origins)):
        if number == 0:
            print("reading", flush=True)
    """
)


def stream_bytes(server: Server) -> float:
    return server.metrics()[STREAM_BYTES]


def test_killed_clients_leave_no_memory(volumes: Arrays, server: Server) -> None:
    """50 processes, five at a time, are killed while they read."""
    random = np.random.default_rng()
    assert eventually(lambda: stream_bytes(server) == 0)
    busiest = 0.0
    for _ in range(10):
        readers = [
            subprocess.Popen(
                [sys.executable, "-c", READER, server.address, str(number)], stdout=subprocess.PIPE, text=True
            )
            for number in range(5)
        ]
        for reader in readers:
            assert reader.stdout is not None
            assert reader.stdout.readline() == "reading\n"
        busiest = max(busiest, stream_bytes(server))
        for reader in readers:
            time.sleep(float(random.uniform(0, 0.05)))
            reader.kill()
        for reader in readers:
            reader.communicate()
    assert busiest > 0  # the gauge shows something while clients read
    assert busiest <= STREAM_LIMIT
    assert eventually(lambda: stream_bytes(server) == 0), stream_bytes(server)
    with voxelflight.connect(server.address) as client:
        np.testing.assert_array_equal(client["validation_A"][:64], volumes["validation_A"][:64])


def test_cancelled_streams_leave_no_memory(volumes: Arrays, server: Server) -> None:
    random = np.random.default_rng()
    with voxelflight.connect(server.address) as client:
        volume = client["validation_A"]
        for number in range(50):
            with volume.blocks(iter(lambda: (1, 2, 3), None)) as blocks:
                for _ in range(number % 4):
                    next(blocks)
                time.sleep(float(random.uniform(0, 0.02)))
    assert eventually(lambda: stream_bytes(server) == 0), stream_bytes(server)


def test_64_slow_streams_stay_within_the_limit(volumes: Arrays, server: Server) -> None:
    with voxelflight.connect(server.address) as client:
        volume = client["validation_A"]
        random = np.random.default_rng(3)
        origins = random.integers(0, volume.shape, (40, 3))
        list(volume.blocks(origins[:5]))
        before = server.resident_bytes()
        streams = [volume.blocks(origins, prefetch=1) for _ in range(64)]
        highest: list[float] = [0, 0]
        stop = threading.Event()

        def watch() -> None:
            while not stop.wait(0.05):
                highest[0] = max(highest[0], stream_bytes(server))
                highest[1] = max(highest[1], server.resident_bytes())

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            threads = [threading.Thread(target=lambda s=s: next(s)) for s in streams]  # all are served, none starves
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
                assert not thread.is_alive()
            time.sleep(1)  # now all stand still, as full as they get
            for number, origin in enumerate(origins[1:3], 1):
                for stream in streams[::16]:
                    block = next(stream)
                    assert block.origin == tuple(origin), number
                    z, y, x = block.origin
                    wanted = volumes["validation_A"][z : z + 128, y : y + 128, x : x + 128]
                    np.testing.assert_array_equal(block.inside, wanted)
            # one more client is not kept out by those that dawdle
            assert volume[3, 4, 5] == volumes["validation_A"][3, 4, 5]
        finally:
            stop.set()
            watcher.join()
            for stream in streams:
                stream.close()
        assert 0 < highest[0] <= STREAM_LIMIT
        # what gRPC holds for the wire is bounded too: together well below 64 streams that buffer all they have
        assert highest[1] - before < STREAM_LIMIT + 512 * MIB
    assert eventually(lambda: stream_bytes(server) == 0)


def test_a_server_that_stops_ends_its_streams(make_home: Any, sources: Arrays, tmp_path: Any) -> None:
    home = make_home()
    np.save(tmp_path / "v.npy", sources["deep"])
    home.ingest(tmp_path / "v.npy", "deep")
    with Server(home) as server, voxelflight.connect(server.address) as client:
        with client["deep"].blocks(iter(lambda: (0, 0, 0), None)) as blocks:
            next(blocks)
            threading.Timer(0.3, server.stop).start()
            with pytest.raises(voxelflight.VoxelflightError):
                for _ in blocks:
                    pass
        assert eventually(lambda: server.process.poll() is not None)
        assert server.stop() in (0, 143)
        with pytest.raises(voxelflight.UnavailableError, match="does not answer"):
            client.datasets()


def test_a_server_that_stands_still_is_noticed(
    make_home: Any, sources: Arrays, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voxelflight._connection.KEEPALIVE_MILLIS", 1000)
    monkeypatch.setattr("voxelflight._connection.KEEPALIVE_TIMEOUT_MILLIS", 1000)
    home = make_home()
    np.save(tmp_path / "v.npy", sources["deep"])
    home.ingest(tmp_path / "v.npy", "deep")
    with (
        Server(home) as server,
        voxelflight.connect(server.address) as client,
        client["deep"].blocks(iter(lambda: (0, 0, 0), None)) as blocks,
    ):
        next(blocks)
        server.process.send_signal(signal.SIGSTOP)
        try:
            begin = time.monotonic()
            with pytest.raises(voxelflight.UnavailableError):
                for _ in blocks:
                    pass
            assert time.monotonic() - begin < 20
        finally:
            server.process.send_signal(signal.SIGCONT)
