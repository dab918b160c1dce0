"""TLS on both ports, with the certificates of an authority of the tests' own: pyarrow, ADBC, SQLAlchemy and urllib."""

from __future__ import annotations

import datetime
import json
import ssl
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import adbc_driver_flightsql.dbapi as adbc
import numpy as np
import pytest
import sqlalchemy as sa
import trustme
from pyarrow import flight

import voxelflight
from harness import Home, Server, eventually

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VOXELS = np.random.default_rng(12).integers(0, 256, (40, 64, 64), np.uint8)


class Secured:
    """A server for other machines: TLS, clients with certificates, keys."""

    def __init__(self, home: Home, folder: Path) -> None:
        self.authority = trustme.CA()
        self.folder = folder
        self.roots = self.authority.cert_pem.bytes()
        self.issue(self.authority)
        (folder / "clients.pem").write_bytes(self.roots)
        self.own = self.authority.issue_cert("ada@example.org")
        self.files = ("--tls-cert", folder / "tls.crt", "--tls-key", folder / "tls.key")
        self.home = home

    def issue(self, authority: trustme.CA) -> None:
        """Write a new certificate of the server, one file after the other."""
        made = authority.issue_cert("127.0.0.1", "localhost")
        (self.folder / "tls.crt").write_bytes(b"".join(blob.bytes() for blob in made.cert_chain_pems))
        (self.folder / "tls.key").write_bytes(made.private_key_pem.bytes())

    def shown(self, cert: trustme.LeafCert) -> dict[str, bytes]:
        return {
            "client_cert": b"".join(blob.bytes() for blob in cert.cert_chain_pems),
            "client_key": cert.private_key_pem.bytes(),
        }


@pytest.fixture(scope="module")
def secured(make_home: Callable[[], Home], tmp_path_factory: pytest.TempPathFactory) -> Secured:
    folder = tmp_path_factory.mktemp("tls")
    secured = Secured(make_home(), folder)
    np.save(folder / "volume.npy", VOXELS)
    secured.home.ingest(folder / "volume.npy", "volume")
    return secured


def get(url: str, context: ssl.SSLContext | None) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10, context=context) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return int(refusal.code)


def trusting(roots: bytes) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=roots.decode())


def test_tls_with_reload(secured: Secured) -> None:
    with Server(secured.home, *secured.files, "--cache", "32MiB") as server:
        assert server.address.startswith("grpc+tls://127.0.0.1:")
        assert server.http.startswith("https://127.0.0.1:")
        assert secured.home.succeed("up").strip() == server.address
        assert json.loads(secured.home.succeed("status", "--json"))["server"]["http_uri"] == server.http
        assert get(f"{server.http}/health/ready", trusting(secured.roots)) == 200

        with voxelflight.connect(server.address, tls_roots=secured.roots) as client:
            np.testing.assert_array_equal(client["volume"][...], VOXELS)
        plain = flight.connect(server.address, tls_root_certs=secured.roots)
        assert len(list(plain.list_flights())) == 1
        plain.close()

        roots = {"adbc.flight.sql.client_option.tls_root_certs": secured.roots.decode()}
        with adbc.connect(server.address, db_kwargs=roots, autocommit=True) as connection:
            with connection.cursor() as cursor:
                cursor.execute("SELECT name FROM datasets")
                assert cursor.fetchall() == [("volume",)]
        url = sa.engine.make_url(server.address.replace("grpc+tls://", "voxelflight://"))
        engine = sa.create_engine(url.update_query_dict({"tls": "true", **roots}))
        with engine.connect() as sql:
            assert sql.execute(sa.text("SELECT name FROM datasets")).fetchall() == [("volume",)]
        engine.dispose()

        with voxelflight.connect(server.address, tls_roots=trustme.CA().cert_pem.bytes()) as client:
            with pytest.raises(voxelflight.UnavailableError, match=r"(?i)certificate|handshake|SSL"):
                client.datasets()
        with voxelflight.connect(server.address.replace("+tls", "")) as client:
            with pytest.raises(voxelflight.UnavailableError, match=r"Does it want grpc\+tls://\?"):
                client.datasets()
        with pytest.raises(urllib.error.HTTPError, match="400"):
            urllib.request.urlopen(server.http.replace("https", "http"), timeout=10)
        assert not [line for line in server.log if "WARN" in line or "ERROR" in line or "\tat " in line], server.log

        other = trustme.CA()
        with voxelflight.connect(server.address, tls_roots=secured.roots) as client:
            places = [(0, 0, 0), (8, 8, 8), (3, 40, 21)] * 200
            blocks = client["volume"].blocks(places, (16, 16, 16), prefetch=1)
            first = next(blocks)
            secured.issue(other)

            def is_new() -> bool:
                try:
                    return get(f"{server.http}/health/ready", trusting(other.cert_pem.bytes())) == 200
                except urllib.error.URLError:
                    return False

            assert eventually(is_new)
            with voxelflight.connect(server.address, tls_roots=other.cert_pem.bytes()) as late:
                np.testing.assert_array_equal(late["volume"][...], VOXELS)
            read = [first, *blocks]  # the stream that was there has not noticed
            for block, (z, y, x) in zip(read, places, strict=True):
                np.testing.assert_array_equal(block.array, VOXELS[z : z + 16, y : y + 16, x : x + 16])

        (secured.folder / "tls.key").write_text("torn")
        assert eventually(lambda: any("the new TLS files are not used" in line for line in server.log))
        assert get(f"{server.http}/health/ready", trusting(other.cert_pem.bytes())) == 200
        secured.issue(secured.authority)


def test_clients_with_certificates_and_keys_come_in_from_other_machines(secured: Secured) -> None:
    options = (*secured.files, "--tls-client-ca", secured.folder / "clients.pem", "--host", "0.0.0.0")
    with Server(secured.home, *options, "--cache", "32MiB") as server:
        assert server.address.startswith("grpc+tls://127.0.0.1:")
        key = secured.home.succeed("keys", "create", "--name", "ada").strip()
        with voxelflight.connect(
            server.address, api_key=key, tls_roots=secured.roots, **secured.shown(secured.own)
        ) as client:
            np.testing.assert_array_equal(client["volume"][3:20], VOXELS[3:20])
        with voxelflight.connect(server.address, tls_roots=secured.roots, **secured.shown(secured.own)) as client:
            with pytest.raises(voxelflight.UnauthenticatedError, match="wants an API key"):
                client.datasets()

        expired = secured.authority.issue_cert("old@example.org", not_after=datetime.datetime(2021, 1, 1))
        stranger = trustme.CA().issue_cert("eve@example.org")
        refused: list[dict[str, Any]] = [{}, secured.shown(expired), secured.shown(stranger)]
        for shown in refused:
            with voxelflight.connect(server.address, api_key=key, tls_roots=secured.roots, **shown) as client:
                with pytest.raises(voxelflight.UnavailableError):
                    client.datasets()
        context = trusting(secured.roots)
        with pytest.raises((urllib.error.URLError, ssl.SSLError, ConnectionError)):
            get(f"{server.http}/health/ready", context)
        secured.own.configure_cert(context)
        assert get(f"{server.http}/health/ready", context) == 200
        assert get(f"{server.http}/metrics", context) == 401
        assert not [line for line in server.log if "WARN" in line or "ERROR" in line or "\tat " in line], server.log
