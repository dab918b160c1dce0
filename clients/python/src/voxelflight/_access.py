"""What a client shows of itself, whom it trusts, and which failed calls it makes again. Secrets are never printed."""

from __future__ import annotations

import base64
import json
import os
import re
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

URI_VARIABLE = "VOXELFLIGHT_URI"
KEY_VARIABLE = "VOXELFLIGHT_API_KEY"

# A token is renewed so long before it expires, or when half of its life is over if that is later.
RENEW_BEFORE_SECONDS = 30.0

RETRIES = 3
FIRST_PAUSE_SECONDS = 0.1

_SECRET = re.compile(r"[\x21-\x7e]+")


class Access:
    """An API key or a token: a text, or a function that gives a new one when the old one ends.

    Threads may share it.
    """

    def __init__(self, secret: str | None = None, renew: Callable[[], str] | None = None) -> None:
        self._secret = secret
        self._renew = renew
        self._renew_at = float("inf")
        self._lock = threading.Lock()

    @staticmethod
    def of(api_key: str | None, token: str | Callable[[], str] | None) -> Access:
        """Return what the arguments of `connect` mean; without either the environment's key.

        Raises
        ------
        ValueError
            If both are given, or one is no text that can be sent.
        """
        if api_key is not None and token is not None:
            raise ValueError("api_key and token are both given: a client shows one of them")
        if callable(token):
            return Access(renew=token)
        if token is not None:
            return Access(_checked(token, "token"))
        if api_key is None:
            from_environment = os.environ.get(KEY_VARIABLE)
            return Access(_checked(from_environment, KEY_VARIABLE) if from_environment else None)
        return Access(_checked(api_key, "api_key"))

    def secret(self) -> str | None:
        """Return what to show now; asks for a new token if the one that is there ends soon."""
        if self._renew is None:
            return self._secret
        with self._lock:
            if self._secret is None or time.time() >= self._renew_at:
                self._ask(self._renew)
            return self._secret

    def renew(self, refused: str | None) -> bool:
        """Get another token after the server has refused one; return whether there is another."""
        if self._renew is None:
            return False
        with self._lock:
            if self._secret == refused:  # else another thread has renewed it meanwhile
                self._ask(self._renew)
            return self._secret != refused

    def _ask(self, renew: Callable[[], str]) -> None:
        self._secret = _checked(renew(), "what the function 'token' returned")
        now = time.time()
        expires = _expiry(self._secret)
        # a token that has expired already is shown once: the server says so better than we do
        self._renew_at = float("inf") if expires is None else expires - min(RENEW_BEFORE_SECONDS, (expires - now) / 2)

    def __reduce__(self) -> tuple[Any, ...]:
        return Access, (None if self._renew else self._secret, self._renew)

    def __repr__(self) -> str:
        return "<Access: nothing>" if self._secret is None and self._renew is None else "<Access: a secret>"


@dataclass(frozen=True)
class Tls:
    """Certificates in PEM form: whom the client trusts, and who it is.

    Attributes
    ----------
    roots : bytes or None
        Authorities that may vouch for the server; None for those of the system.
    certificate, key : bytes or None
        The client's own, for servers that want one.
    """

    roots: bytes | None = None
    certificate: bytes | None = None
    key: bytes | None = field(default=None, repr=False)

    @staticmethod
    def of(
        roots: str | os.PathLike[str] | bytes | None,
        certificate: str | os.PathLike[str] | bytes | None,
        key: str | os.PathLike[str] | bytes | None,
    ) -> Tls:
        """Read the files that the arguments of `connect` name.

        Raises
        ------
        ValueError
            If one of certificate and key is missing, or a file holds no PEM.
        OSError
            If a file cannot be read.
        """
        if (certificate is None) != (key is None):
            raise ValueError("client_cert and client_key belong together: give both")
        return Tls(_pem(roots, "tls_roots"), _pem(certificate, "client_cert"), _pem(key, "client_key"))

    def arguments(self) -> dict[str, bytes]:
        """Return them as `pyarrow.flight.connect` takes them."""
        named = {"tls_root_certs": self.roots, "cert_chain": self.certificate, "private_key": self.key}
        return {name: value for name, value in named.items() if value is not None}

    def __bool__(self) -> bool:
        return bool(self.arguments())


class Retries:
    """Counts attempts at one thing, and waits between them."""

    def __init__(self, deadline: float | None = None) -> None:
        self._deadline = deadline
        self._made = 0

    def again(self, wait: Callable[[float], object] = time.sleep) -> bool:
        """Wait; return False at once if the attempts, or the time, are used up."""
        pause = FIRST_PAUSE_SECONDS * 2**self._made
        if self._made >= RETRIES or (self._deadline is not None and time.monotonic() + pause >= self._deadline):
            return False
        self._made += 1
        wait(pause)
        return True


def address_of(address: str | None) -> str:
    """Return the address that was given, else the environment's.

    Raises
    ------
    ValueError
        If there is neither.
    """
    given = address if address is not None else os.environ.get(URI_VARIABLE)
    if not given:
        raise ValueError(f"no address: give one such as grpc://HOST:PORT, or set {URI_VARIABLE}")
    return given


def _checked(secret: object, what: str) -> str:
    """Refuse what no header can carry, without showing it."""
    if not isinstance(secret, str):
        raise TypeError(f"{what} is of type {type(secret).__name__}, not str")
    if not _SECRET.fullmatch(secret.strip()):
        raise ValueError(f"{what} is empty or has characters that no key or token has: was it copied whole?")
    return secret.strip()


def _expiry(token: str) -> float | None:
    """Return when a JSON Web Token expires; None for other texts. Whether it is genuine is not our question."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return float(claims["exp"])
    except (ValueError, KeyError, TypeError):
        return None


def _pem(given: str | os.PathLike[str] | bytes | None, what: str) -> bytes | None:
    if given is None:
        return None
    content = given if isinstance(given, bytes) else Path(given).read_bytes()
    if b"-----BEGIN " not in content:
        raise ValueError(f"{what} holds no PEM: it must have a line '-----BEGIN ...-----'")
    return content
