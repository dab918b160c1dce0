from __future__ import annotations

import pickle
import subprocess
import sys
import textwrap
import threading
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import flight

import voxelflight
from voxelflight.errors import translate

if TYPE_CHECKING:
    from fake_server import FakeServer


def python(script: str, *arguments: str, environment: dict[str, str] | None = None) -> str:
    """Run a script in a process of its own, so that what it does with fork and the environment stays there."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", textwrap.dedent(script), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_import_is_light() -> None:
    assert python("import voxelflight, sys; print('pyarrow' in sys.modules, 'pandas' in sys.modules)") == "False False"


def test_connecting_is_lazy() -> None:
    client = voxelflight.connect("grpc://127.0.0.1:1")
    with pytest.raises(voxelflight.UnavailableError, match=r"^grpc://127.0.0.1:1 does not answer .*Connection refused"):
        client.datasets()
    assert issubclass(voxelflight.UnavailableError, ConnectionError)


@pytest.mark.parametrize("address", ["http://localhost:80", "grpc://", "ftp://x"])
def test_refuses_what_is_no_address(address: str) -> None:
    with pytest.raises(ValueError, match=r"is not an address: write grpc://HOST:PORT"):
        voxelflight.connect(address)


def test_an_address_without_scheme(fake: FakeServer) -> None:
    with voxelflight.connect(fake.address.removeprefix("grpc://")) as client:
        assert "grey" in client


def test_a_closed_client_says_so(fake: FakeServer) -> None:
    client = voxelflight.connect(fake.address)
    client.datasets()
    client.close()
    client.close()
    with pytest.raises(ValueError, match="is closed"):
        client.datasets()


def test_a_server_that_takes_too_long(fake: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    monkeypatch.setattr(fake, "list_flights", lambda *_: gate.wait(10) and iter(()))
    with voxelflight.connect(fake.address, timeout=0.2) as client, pytest.raises(voxelflight.TimedOutError):
        client.datasets()
    gate.set()


def test_grpc_is_tuned_unless_the_user_did(fake: FakeServer) -> None:
    script = """
        import os, sys, voxelflight
        before = os.environ.get("GRPC_EXPERIMENTS")
        voxelflight.connect(sys.argv[1]).datasets()
        print(before, os.environ["GRPC_EXPERIMENTS"])
    """
    assert (
        python(script, fake.address, environment={}) == "None -event_engine_client,tcp_frame_size_tuning,tcp_rcv_lowat"
    )
    assert python(script, fake.address, environment={"GRPC_EXPERIMENTS": "x"}) == "x x"


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's malloc is tuned, this is not Linux")
def test_freed_memory_stays_with_the_process_for_the_next_message(fake: FakeServer) -> None:
    script = """
        import os, sys, voxelflight
        from voxelflight import _malloc
        volume = voxelflight.connect(sys.argv[1])["grey"]
        def faults():
            with open("/proc/self/stat") as stat:
                return int(stat.read().rpartition(")")[2].split()[7])
        def read(count):
            before = faults()
            for block in volume.blocks([(0, 0, 0)] * count, (128, 128, 128)):
                pass
            return faults() - before
        read(30)
        print(_malloc.keep_freed_memory(), read(100) * os.sysconf("SC_PAGESIZE") < 100 * 128**3 / 2)
    """
    # a user's setting is left alone; how many faults there are then is a matter of chance
    assert python(script, fake.address, environment={"MALLOC_TRIM_THRESHOLD_": "100000"}).startswith("False ")
    assert python(script, fake.address, environment={"GLIBC_TUNABLES": "glibc.malloc.top_pad=1"}).startswith("False ")
    assert python(script, fake.address, environment={}) == "True True"
    # a setting of another kind
    huge = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
    assert python(script, fake.address, environment=huge) == "True True"


def test_a_forked_child_gets_a_clear_error(fake: FakeServer) -> None:
    out = python(
        """
        import os, sys, voxelflight
        client = voxelflight.connect(sys.argv[1])
        volume = client["grey"]
        stream = volume.blocks([(0, 0, 0)] * 1000, (8, 8, 8))
        next(stream)
        for used in (client.datasets, lambda: volume[0], lambda: next(stream), lambda: client.sql("SELECT 1"),
                     lambda: next(volume.blocks()), voxelflight.connect(sys.argv[1]).datasets):
            child = os.fork()
            if child == 0:
                try:
                    used()
                except voxelflight.ForkedProcessError as e:
                    assert "spawn" in str(e) and "was forked from process" in str(e), e
                    del client, volume, stream  # destroying what was inherited must not hang
                    os._exit(7)
                except BaseException as e:
                    print(e)
                os._exit(1)
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), end=" ")
        next(stream)
        stream.close()
        print(len(volume[0]))
        """,
        fake.address,
    )
    assert out == "7 7 7 7 7 7 50"


def test_a_client_that_was_not_used_before_the_fork_works_in_the_child(fake: FakeServer) -> None:
    out = python(
        """
        import multiprocessing, sys, voxelflight
        client = voxelflight.connect(sys.argv[1])
        def work(n):
            return int(client["grey"][n, n, n])
        if __name__ == "__main__":
            with multiprocessing.get_context("fork").Pool(2) as pool:
                print(*pool.map(work, range(4)))
        """,
        fake.address,
    )
    assert out == " ".join(str(fake.volumes["grey"][0][n, n, n]) for n in range(4))


def read_one(volume: voxelflight.Volume, n: int) -> int:
    return int(volume[n, n, n])


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_workers_that_are_not_forked_connect_anew(fake: FakeServer, method: str, tmp_path: object) -> None:
    script = """
        import multiprocessing, sys, voxelflight
        def work(volume, n):
            return int(volume[n, n, n])
        if __name__ == "__main__":
            volume = voxelflight.connect(sys.argv[1])["grey"]
            with multiprocessing.get_context(sys.argv[2]).Pool(2) as pool:
                print(*pool.starmap(work, [(volume, n) for n in range(4)]))
            print(int(volume[0, 0, 0]))
    """
    from pathlib import Path

    path = Path(str(tmp_path)) / "workers.py"
    path.write_text(textwrap.dedent(script))
    done = subprocess.run([sys.executable, str(path), fake.address, method], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    grey = fake.volumes["grey"][0]
    assert done.stdout.split() == [str(grey[n, n, n]) for n in (0, 1, 2, 3, 0)]


def test_pickles_reconnect(fake: FakeServer, client: voxelflight.Client) -> None:
    volume = client["five"].level(1)
    copy = pickle.loads(pickle.dumps(volume))
    assert copy.dataset == volume.dataset
    assert copy.shape == volume.shape
    assert copy._client is not client
    fine = pickle.loads(pickle.dumps(client["five"]))
    np.testing.assert_array_equal(fine[1, 1], fake.volumes["five"][0][1, 1])
    fine._client.close()


def test_threads_share_a_client(fake: FakeServer, client: voxelflight.Client) -> None:
    volume = client["grey"]
    wrong: list[int] = []

    def work(n: int) -> None:
        for _ in range(10):
            if not np.array_equal(volume[n], fake.volumes["grey"][0][n]):
                wrong.append(n)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


CODES = {
    "INVALID_ARGUMENT": voxelflight.InvalidArgumentError,
    "NOT_FOUND": voxelflight.NotFoundError,
    "ALREADY_EXISTS": voxelflight.AlreadyExistsError,
    "UNSUPPORTED": voxelflight.UnsupportedError,
    "CORRUPT_DATA": voxelflight.CorruptDataError,
    "UNAUTHENTICATED": voxelflight.UnauthenticatedError,
    "PERMISSION_DENIED": voxelflight.PermissionDeniedError,
    "RESOURCE_EXHAUSTED": voxelflight.ResourceExhaustedError,
    "UNAVAILABLE": voxelflight.UnavailableError,
    "TIMED_OUT": voxelflight.TimedOutError,
    "CANCELLED": voxelflight.CancelledError,
    "INTERNAL": voxelflight.InternalError,
}


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_its_class(
    fake: FakeServer, client: voxelflight.Client, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    volume = client["grey"]

    def refuse(*_: object) -> None:
        raise flight.FlightServerError(f"{code}: this, that: 3 of 5.")

    monkeypatch.setattr(fake, "get_flight_info", refuse)
    with pytest.raises(CODES[code], match=r"^this, that: 3 of 5\.?$") as refusal:
        volume[0]
    assert refusal.value.code == code
    again = pickle.loads(pickle.dumps(refusal.value))
    assert (type(again), str(again)) == (CODES[code], str(refusal.value))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (flight.FlightUnavailableError("gone"), voxelflight.UnavailableError),
        (flight.FlightTimedOutError("Deadline Exceeded"), voxelflight.TimedOutError),
        (flight.FlightCancelledError("stop"), voxelflight.CancelledError),
        (flight.FlightUnauthenticatedError("who"), voxelflight.UnauthenticatedError),
        (flight.FlightUnauthorizedError("no"), voxelflight.PermissionDeniedError),
        (pa.ArrowInvalid("odd"), voxelflight.InvalidArgumentError),
        (pa.ArrowKeyError("none"), voxelflight.NotFoundError),
        (pa.ArrowNotImplementedError("later"), voxelflight.UnsupportedError),
        (RuntimeError("boom"), voxelflight.InternalError),
    ],
)
def test_errors_without_a_code(error: Exception, kind: type[Exception]) -> None:
    assert type(translate(error, "grpc://h:1")) is kind


def test_translates_what_a_java_server_sends() -> None:
    text = (
        "Flight returned not found error, with message: NOT_FOUND: there is no dataset 'a: b'. gRPC client debug"
        ' context: UNKNOWN:Error received from peer ipv4:127.0.0.1:1 {grpc_message:"NOT_FOUND: there", grpc_status:5}.'
        " Client context: OK. Detail: Failed"
    )
    assert str(translate(pa.ArrowKeyError(text), "grpc://h:1")) == "there is no dataset 'a: b'"
