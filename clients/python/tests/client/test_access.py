"""What the client shows of itself and when, and which calls it makes again: against a server that says what it saw."""

from __future__ import annotations

import base64
import json
import pickle
import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pyarrow import flight

import voxelflight
from fake_server import Behaviour, FakeServer
from voxelflight._access import Access, Tls

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "vf_0123456789ab_" + "x" * 43


class Seen(flight.ServerMiddlewareFactory):  # type: ignore[misc]
    """Notes the secret of every call and refuses what is not taken."""

    def __init__(self) -> None:
        self.secrets: list[str | None] = []
        self.taken: set[str] | None = None

    def start_call(self, info: Any, headers: dict[str, list[str]]) -> None:
        shown = headers.get("authorization", [None])[0]
        secret = None if shown is None else shown.removeprefix("Bearer ")
        self.secrets.append(secret)
        if self.taken is not None and secret not in self.taken:
            raise flight.FlightUnauthenticatedError("UNAUTHENTICATED: the token is not taken")


class GuardedServer(FakeServer):
    def __init__(self, seen: Seen, **volumes: Any) -> None:
        flight.FlightServerBase.__init__(self, "grpc://127.0.0.1:0", middleware={"seen": seen})
        self.behaviour = Behaviour()
        self.volumes = volumes
        self.commands = []
        self.sent = 0
        self._lock = threading.Lock()
        self.streams = 0


GREY = np.random.default_rng(3).integers(0, 256, (40, 50, 60), np.uint8)


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def guarded(seen: Seen) -> Iterator[GuardedServer]:
    with GuardedServer(seen, grey=(GREY, "zyx")) as server:
        yield server


def jwt(name: str, seconds: float) -> str:
    """Return a token that nobody has signed, which ends in so many seconds."""
    parts = [{"alg": "HS256"}, {"sub": name, "exp": time.time() + seconds}]
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".sig"


def test_every_call_shows_the_key(guarded: GuardedServer, seen: Seen) -> None:
    with voxelflight.connect(guarded.address, api_key=f" {SECRET}\n") as client:
        volume = client["grey"]
        np.testing.assert_array_equal(volume[3:9], GREY[3:9])
        list(volume.blocks([(0, 0, 0)], (8, 8, 8)))
        client.datasets()
        with pytest.raises(voxelflight.VoxelflightError):
            client.sql("SELECT 1")  # the fake has none
    assert len(seen.secrets) >= 7
    assert set(seen.secrets) == {SECRET}


def test_the_environment_is_the_default(guarded: GuardedServer, seen: Seen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VOXELFLIGHT_URI", raising=False)
    with pytest.raises(ValueError, match="set VOXELFLIGHT_URI"):
        voxelflight.connect()
    monkeypatch.setenv("VOXELFLIGHT_URI", guarded.address)
    monkeypatch.setenv("VOXELFLIGHT_API_KEY", "from-environment")
    for arguments in ({}, {"api_key": "argument"}, {"token": "a-token"}, {"token": lambda: "made"}):
        with voxelflight.connect(**arguments) as client:  # type: ignore[arg-type]
            client.datasets()
    assert seen.secrets == ["from-environment", "argument", "a-token", "made"]
    monkeypatch.delenv("VOXELFLIGHT_API_KEY")
    with voxelflight.connect() as client:
        client.datasets()
    assert seen.secrets[-1] is None


def test_a_token_is_renewed_before_it_ends(guarded: GuardedServer, seen: Seen) -> None:
    tokens = [jwt("short", 0.5), jwt("long", 3600)]
    left = iter(tokens)
    with voxelflight.connect(guarded.address, token=lambda: next(left)) as client:
        client.datasets()
        client.datasets()
        assert seen.secrets == [tokens[0]] * 2
        end = time.monotonic() + 20
        while seen.secrets[-1] != tokens[1] and time.monotonic() < end:
            client.datasets()
        client.datasets()
    assert seen.secrets[-2:] == [tokens[1]] * 2


def test_a_refused_token_is_renewed_once(guarded: GuardedServer, seen: Seen) -> None:
    made: list[str] = []

    def renew() -> str:
        made.append(f"token-{len(made)}")
        return made[-1]

    seen.taken = {"token-1"}
    with voxelflight.connect(guarded.address, token=renew) as client:
        volume = client["grey"]
        assert seen.secrets == ["token-0", "token-1"]
        stream = volume.blocks([(0, 0, 0)] * 600, (8, 8, 8), prefetch=1)
        next(stream)
        seen.taken = {"token-2"}  # the stream goes on; its second request is refused, and renewed
        assert len(list(stream)) == 599
        assert made == ["token-0", "token-1", "token-2"]
        seen.taken = set()
        before = len(seen.secrets)
        with pytest.raises(voxelflight.UnauthenticatedError, match=r"^the token is not taken$"):
            client.datasets()
        assert len(seen.secrets) == before + 2
    with voxelflight.connect(guarded.address, token="fixed") as client, pytest.raises(voxelflight.UnauthenticatedError):
        client.datasets()
    assert seen.secrets[before + 2 :] == ["fixed"]


def test_threads_renew_a_token_once(guarded: GuardedServer, seen: Seen) -> None:
    made: list[str] = []

    def renew() -> str:
        made.append(f"token-{len(made)}")
        return made[-1]

    with voxelflight.connect(guarded.address, token=renew) as client:
        client.datasets()
        seen.taken = {"token-1"}
        threads = [threading.Thread(target=client.datasets) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert made == ["token-0", "token-1"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"api_key": "a", "token": "b"}, "api_key and token are both given"),
        ({"api_key": "se cret"}, "api_key is empty or has characters"),
        ({"api_key": "secret\nx-other: 1"}, "api_key is empty or has characters"),
        ({"api_key": ""}, "api_key is empty"),
        ({"token": "sécret"}, "token is empty or has characters"),
        ({"tls_roots": b"secret"}, "tls_roots holds no PEM"),
        ({"client_cert": b"-----BEGIN CERTIFICATE-----"}, "client_cert and client_key belong together"),
        ({"tls_roots": b"-----BEGIN CERTIFICATE-----"}, "is not encrypted: write grpc\\+tls://h:1"),
    ],
)
def test_wrong_arguments_are_named_and_not_shown(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message) as refusal:
        voxelflight.connect("grpc://h:1", **arguments)
    assert "secret" not in str(refusal.value)
    assert "sécret" not in str(refusal.value)


def test_a_function_that_returns_no_token_is_named(guarded: GuardedServer) -> None:
    with voxelflight.connect(guarded.address, token=lambda: b"secret") as client:  # type: ignore[arg-type,return-value]
        with pytest.raises(TypeError, match="'token' returned is of type bytes") as refusal:
            client.datasets()
    assert "secret" not in str(refusal.value)


def test_secrets_are_not_printed(guarded: GuardedServer, seen: Seen) -> None:
    with voxelflight.connect(guarded.address, api_key=SECRET) as client:
        connection = client.connection
        tls = Tls(b"roots", b"certificate", b"SECRET")
        shown = [repr(client), repr(client["grey"]), repr(connection), repr(connection.access), repr(tls)]
        shown += [str(client), str(connection.access), str(vars(tls) and repr(tls))]
        seen.taken = set()
        with pytest.raises(voxelflight.UnauthenticatedError) as refusal:
            client.datasets()
        error: BaseException | None = refusal.value
        while error is not None:
            shown += [repr(error), str(error)]
            error = error.__cause__ or error.__context__
    assert "xxxxx" not in "".join(shown)
    assert "SECRET" not in "".join(shown)


def test_a_pickled_client_shows_the_same(guarded: GuardedServer, seen: Seen) -> None:
    with voxelflight.connect(guarded.address, api_key=SECRET) as client:
        volume = pickle.loads(pickle.dumps(client["grey"]))
        assert volume[0, 0, 0] == GREY[0, 0, 0]
        volume._client.close()
    assert set(seen.secrets) == {SECRET}
    renewing = pickle.loads(pickle.dumps(Access.of(None, made_up)))
    assert renewing.secret() == "made-up"


def made_up() -> str:
    return "made-up"


# what is made again


def test_a_server_that_does_not_answer_is_asked_again(guarded: GuardedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0
    whole = guarded.get_schema

    def unavailable(*arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked < 3:
            raise flight.FlightUnavailableError("UNAVAILABLE: the database does not answer")
        return whole(*arguments)

    monkeypatch.setattr(guarded, "get_schema", unavailable)
    with voxelflight.connect(guarded.address) as client:
        assert client["grey"].shape == GREY.shape
        assert asked == 3
        asked = -100
        with pytest.raises(voxelflight.UnavailableError, match="the database does not answer"):
            client["grey"]
        assert asked == -96


def test_what_may_have_been_done_is_not_done_again(guarded: GuardedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0

    def unavailable(*_: Any) -> Any:
        nonlocal asked
        asked += 1
        raise flight.FlightUnavailableError("UNAVAILABLE: gone")

    monkeypatch.setattr(guarded, "do_action", unavailable)
    with voxelflight.connect(guarded.address) as client, pytest.raises(voxelflight.UnavailableError):
        client.sql("SELECT ?", [1])
    assert asked == 1


def test_a_broken_stream_goes_on_where_it_stopped(guarded: GuardedServer) -> None:
    guarded.behaviour.fail_after = 7
    guarded.behaviour.failure = flight.FlightUnavailableError("UNAVAILABLE: the server is stopping")
    places = [(z, y, 3) for z in range(0, 32, 8) for y in range(0, 40, 8)]
    with voxelflight.connect(guarded.address) as client:
        blocks = list(client["grey"].blocks(places, (8, 8, 8)))
        assert [block.origin for block in blocks] == places
        for block in blocks:
            z, y, x = block.origin
            np.testing.assert_array_equal(block.array, GREY[z : z + 8, y : y + 8, x : x + 8])
        assert [len(command["origins"]) for command in guarded.commands] == [20, 13, 6]

        guarded.behaviour.fail_after = 0
        with pytest.raises(voxelflight.UnavailableError, match="the server is stopping"):
            next(client["grey"].blocks(places, (8, 8, 8)))
        guarded.behaviour.fail_after = 3  # all blocks: where to go on cannot be said
        stream = client["grey"].blocks(shape=(8, 8, 8))
        for _ in range(3):
            next(stream)
        with pytest.raises(voxelflight.UnavailableError, match="the server is stopping"):
            next(stream)


def test_a_broken_box_is_read_anew(guarded: GuardedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    guarded.behaviour.failure = flight.FlightUnavailableError("UNAVAILABLE: the server is stopping")
    guarded.behaviour.fail_after = 3
    whole = guarded.get_flight_info

    def mend(context: Any, descriptor: Any) -> Any:
        if guarded.commands:
            guarded.behaviour.fail_after = None
        return whole(context, descriptor)

    monkeypatch.setattr(guarded, "get_flight_info", mend)
    with voxelflight.connect(guarded.address) as client:
        np.testing.assert_array_equal(client["grey"][...], GREY)
    assert len(guarded.commands) == 2


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("key 'a' may make 10 requests/s: try again in 1.5 s", 1.5),
        ("retry after 250 ms", 0.25),
        ("the memory for streams is used up, try again later", None),
        ("box has 128 s", None),
    ],
)
def test_the_time_to_wait_is_told(text: str, seconds: float | None) -> None:
    error = voxelflight.ResourceExhaustedError(text)
    assert error.retry_after == seconds
    assert pickle.loads(pickle.dumps(error)).retry_after == seconds
