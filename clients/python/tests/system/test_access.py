"""A server that wants keys or tokens, and other people's clients: who comes in, and what the others are told."""

from __future__ import annotations

import base64
import hmac
import json
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any, NamedTuple

import adbc_driver_flightsql.dbapi as adbc
import jwt
import numpy as np
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

import voxelflight
from harness import Home, Server, eventually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ISSUER = "https://login.example.org/"
OTHER = "https://keys.example.org/"
AUDIENCE = "voxelflight"
SHARED = "0123456789abcdef0123456789abcdef-shared"
VOXELS = np.random.default_rng(11).integers(0, 256, (30, 40, 50), np.uint8)

RSA = rsa.generate_private_key(65537, 2048)


class Guarded(NamedTuple):
    server: Server
    home: Home
    keys: dict[str, str]


@pytest.fixture(scope="module")
def guarded(make_home: Callable[[], Home], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("access")
    home = make_home()
    np.save(folder / "open.npy", VOXELS)
    np.save(folder / "hidden.npy", VOXELS[::-1].copy())
    home.ingest(folder / "open.npy", "open-one")
    home.ingest(folder / "hidden.npy", "hidden")
    (folder / "secret").write_text(SHARED)
    numbers = RSA.public_key().public_numbers()
    public = {"kty": "RSA", "kid": "one", "n": _base64(numbers.n), "e": _base64(numbers.e)}
    (folder / "jwks.json").write_text(json.dumps({"keys": [public]}))
    common = {"audience": AUDIENCE, "default_datasets": ["open-*"], "clock_skew_seconds": 0}
    shared = {"issuer": ISSUER, "algorithms": ["HS256"], "secret_file": "secret", **common}
    pair = {"issuer": OTHER, "algorithms": ["RS256"], "jwks_file": "jwks.json", **common}
    (folder / "tokens.json").write_text(json.dumps({"issuers": [shared, pair]}))
    with Server(home, "--auth", "required", "--tokens", folder / "tokens.json", "--cache", "32MiB") as server:
        keys = {
            "reader": home.succeed("keys", "create", "--name", "reader", "--datasets", "open-*").strip(),
            "revoked": home.succeed("keys", "create", "--name", "revoked").strip(),
            "expired": home.succeed("keys", "create", "--name", "expired", "--expires", "0m").strip(),
        }
        yield Guarded(server, home, keys)


def _base64(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).decode().rstrip("=")


def token(
    key: Any = SHARED, algorithm: str | None = "HS256", headers: dict[str, Any] | None = None, **claims: Any
) -> str:
    """Return a good token, but for what is asked otherwise; a claim that is None is left out."""
    now = int(time.time())
    usual = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "iat": now, "exp": now + 600, "role": "reader", **claims}
    body = {name: value for name, value in usual.items() if value is not None}
    return jwt.encode(body, key, algorithm=algorithm, headers=headers)


def sees(address: str, **shown: Any) -> list[str]:
    with voxelflight.connect(address, **shown) as client:
        return list(client)


def status(server: Server, path: str, **headers: str) -> int:
    request = urllib.request.Request(f"{server.http}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return int(refusal.code)


def test_a_key_opens_what_it_names(guarded: Guarded) -> None:
    with voxelflight.connect(guarded.server.address, api_key=guarded.keys["reader"]) as client:
        assert list(client) == ["open-one"]
        np.testing.assert_array_equal(client["open-one"][3:20, 1:], VOXELS[3:20, 1:])
        assert client.sql("SELECT name FROM datasets").to_pylist() == [{"name": "open-one"}]
        (block,) = client["open-one"].blocks([(0, 0, 0)], (8, 8, 8))
        np.testing.assert_array_equal(block.array, VOXELS[:8, :8, :8])
        with pytest.raises(voxelflight.NotFoundError) as hidden:
            client["hidden"]
        with pytest.raises(voxelflight.NotFoundError) as absent:
            client["absent"]
    assert str(hidden.value).replace("hidden", "absent") == str(absent.value)


def test_the_environment_opens_too(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOXELFLIGHT_URI", guarded.server.address)
    monkeypatch.setenv("VOXELFLIGHT_API_KEY", guarded.keys["reader"])
    with voxelflight.connect() as client:
        assert list(client) == ["open-one"]


def test_strangers_are_told_why(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VOXELFLIGHT_API_KEY", raising=False)
    address, good = guarded.server.address, guarded.keys["reader"]
    wrong = good[:-1] + ("A" if good[-1] != "A" else "B")
    for shown, words in (
        ({}, "wants an API key or a token"),
        ({"api_key": wrong}, "is not known"),
        ({"api_key": guarded.keys["expired"]}, "'expired' expired at"),
        ({"api_key": "vf_short"}, "neither an API key nor a JWT"),
    ):
        with pytest.raises(voxelflight.UnauthenticatedError, match=words) as refusal:
            sees(address, **shown)
        for secret in (wrong[-43:], guarded.keys["expired"][-43:]):
            assert secret not in str(refusal.value) + str(refusal.value.__cause__)
        with (
            pytest.raises(voxelflight.UnauthenticatedError, match=words),
            voxelflight.connect(address, **shown) as client,
        ):
            client.sql("SELECT 1")
    assert not [line for line in guarded.server.log if good[-43:] in line or wrong[-43:] in line]


def test_a_key_that_is_revoked_while_its_owner_is_connected(guarded: Guarded) -> None:
    with voxelflight.connect(guarded.server.address, api_key=guarded.keys["revoked"]) as client:
        assert list(client) == ["hidden", "open-one"]
        guarded.home.succeed("keys", "revoke", "revoked")
        refused: list[str] = []

        def is_refused() -> bool:
            try:
                client.datasets()
            except voxelflight.UnauthenticatedError as e:
                refused.append(str(e))
            return bool(refused)

        assert eventually(is_refused, 5)
        assert "'revoked' was revoked" in refused[0]


def test_good_tokens(guarded: Guarded) -> None:
    assert sees(guarded.server.address, token=by_hand(SHARED.encode())) == ["open-one"], (
        "so the attacks are near enough"
    )
    assert sees(guarded.server.address, token=token()) == ["open-one"]
    assert sees(guarded.server.address, token=token(datasets=["hidden"])) == ["hidden"]
    assert sees(guarded.server.address, token=token(RSA, "RS256", {"kid": "one"}, iss=OTHER)) == ["open-one"]
    with voxelflight.connect(guarded.server.address, token=token) as client:
        assert client.sql("SELECT count(*) AS n FROM datasets").to_pylist() == [{"n": 1}]


def test_a_token_that_ends_is_asked_for_again(guarded: Guarded) -> None:
    made: list[str] = []

    def renew() -> str:
        made.append(token(exp=int(time.time()) + (2 if not made else 600)))
        return made[-1]

    with voxelflight.connect(guarded.server.address, token=renew) as client:
        assert eventually(lambda: list(client) == ["open-one"] and len(made) == 2, 10)
    short = token(exp=int(time.time()) + 1)
    with voxelflight.connect(guarded.server.address, token=short) as client:

        def ended() -> bool:
            try:
                client.datasets()
            except voxelflight.UnauthenticatedError:
                return True
            return False

        assert eventually(ended, 10)


def unsigned(header: dict[str, Any]) -> str:
    body = token().split(".")[1]
    return base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=") + "." + body + "."


def by_hand(secret: bytes, algorithm: str = "HS256", kid: str | None = None, **claims: Any) -> str:
    """Return a token as no decent library would make it."""
    head = (
        base64.urlsafe_b64encode(json.dumps({"alg": algorithm, **({"kid": kid} if kid else {})}).encode())
        .decode()
        .rstrip("=")
    )
    body = token(**claims).split(".")[1]
    signature = hmac.digest(secret, f"{head}.{body}".encode(), algorithm.replace("HS", "sha"))
    return f"{head}.{body}." + base64.urlsafe_b64encode(signature).decode().rstrip("=")


def confused(form: serialization.Encoding) -> str:
    """Return a token signed by HMAC with the issuer's public key, which everybody has, as the secret."""
    public = RSA.public_key().public_bytes(form, serialization.PublicFormat.SubjectPublicKeyInfo)
    return by_hand(public, kid="one", iss=OTHER)


def foreign(**header: Any) -> str:
    """Return a token signed with a key of the attacker's, which its header brings along."""
    stranger = rsa.generate_private_key(65537, 2048)
    numbers = stranger.public_key().public_numbers()
    own = {"kty": "RSA", "kid": "one", "n": _base64(numbers.n), "e": _base64(numbers.e)}
    brought = {name: own if value is ... else value for name, value in header.items()}
    return token(stranger, "RS256", brought, iss=OTHER)


NOW = int(time.time())
ATTACKS: dict[str, Callable[[], str]] = {
    "no signature": lambda: unsigned({"alg": "none"}),
    "no signature, oddly written": lambda: unsigned({"alg": "nOnE"}),
    "cut off": lambda: token().rpartition(".")[0] + ".",
    "another secret": lambda: token("another secret, 32 bytes or longer."),
    "changed": lambda: ".".join([token().split(".")[0], token(role="admin").split(".")[1], token().split(".")[2]]),
    "public key as secret": lambda: confused(serialization.Encoding.PEM),
    "public key as secret, binary": lambda: confused(serialization.Encoding.DER),
    "secret of one issuer, name of the other": lambda: token(iss=OTHER),
    "key of one issuer, name of the other": lambda: token(RSA, "RS256", {"kid": "one"}),
    "another algorithm": lambda: by_hand(SHARED.encode(), "HS512"),
    "wrong issuer": lambda: token(iss="https://login.example.org"),
    "no issuer": lambda: token(iss=None),
    "wrong audience": lambda: token(aud="others"),
    "no audience": lambda: token(aud=None),
    "expired": lambda: token(exp=NOW - 10),
    "without an end": lambda: token(exp=None),
    "from the future": lambda: token(nbf=NOW + 3600),
    "no subject": lambda: token(sub=None),
    "no role": lambda: token(role=None),
    "unknown role": lambda: token(role="root"),
    "kid that is a path": lambda: by_hand(b"", kid="../../../../dev/null"),
    "kid that is SQL": lambda: by_hand(b"x" * 32, kid="a' UNION SELECT '" + "x" * 32),
    "own key under a known name": lambda: foreign(kid="one"),
    "own key in the header": lambda: foreign(kid="one", jwk=...),
    "own key set by URL": lambda: foreign(kid="one", jku="http://127.0.0.1:9/jwks.json"),
    "critical header": lambda: token(headers={"crit": ["exp"], "exp": NOW}),
    "much too long": lambda: token(sub="a" * 40_000),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_forged_tokens_are_refused_at_both_doors(guarded: Guarded, attack: str) -> None:
    forged = ATTACKS[attack]()
    with pytest.raises(voxelflight.VoxelflightError) as refusal:
        sees(guarded.server.address, token=forged)
    if attack != "much too long":  # that is more than gRPC takes as headers
        assert refusal.type is voxelflight.UnauthenticatedError, refusal.value
    assert status(guarded.server, "/metrics", Authorization=f"Bearer {forged}") in (401, 431)


def test_adbc_takes_keys_as_password_and_as_bearer(guarded: Guarded) -> None:
    address = guarded.server.address.replace("grpc://", "grpc+tcp://")
    for options in (
        {"username": "me", "password": guarded.keys["reader"]},
        {"adbc.flight.sql.authorization_header": f"Bearer {guarded.keys['reader']}"},
        {"adbc.flight.sql.authorization_header": f"Bearer {token()}"},
    ):
        with adbc.connect(address, db_kwargs=options, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT name FROM datasets")
            assert cursor.fetchall() == [("open-one",)]
    for options in ({}, {"username": "me", "password": "wrong"}):
        with pytest.raises(adbc.Error, match="UNAUTHENTICATED"):
            with adbc.connect(address, db_kwargs=options, autocommit=True) as connection, connection.cursor() as cursor:
                cursor.execute("SELECT 1")


def test_sqlalchemy_takes_a_key_as_password(guarded: Guarded) -> None:
    place = guarded.server.address.removeprefix("grpc://")
    for login in (f":{guarded.keys['reader']}", f"anyone:{guarded.keys['reader']}"):
        engine = sa.create_engine(f"voxelflight://{login}@{place}")
        with engine.connect() as connection:
            assert connection.execute(sa.text("SELECT name FROM datasets")).fetchall() == [("open-one",)]
        assert guarded.keys["reader"][-43:] not in repr(engine) + str(engine.url)
        engine.dispose()
    engine = sa.create_engine(f"voxelflight://{place}")
    with pytest.raises(sa.exc.DBAPIError, match="UNAUTHENTICATED"):
        engine.connect()
    engine.dispose()


def test_a_server_for_other_machines_wants_tls_or_to_be_told(make_home: Callable[[], Home], tmp_path: Path) -> None:
    home = make_home()
    assert "--insecure" in home.fail("serve", "--host", "0.0.0.0")
    assert "--tls-key is missing" in home.fail("serve", "--tls-cert", tmp_path / "a.pem")
    assert "a.pem is not there" in home.fail("serve", "--tls-cert", tmp_path / "a.pem", "--tls-key", tmp_path / "a")
