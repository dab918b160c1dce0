"""What can go wrong, one class for each error code of the server.

Each class is also the built-in exception that Python people would catch: a `NotFoundError` is a `LookupError`, an
`UnavailableError` a `ConnectionError`. All can be pickled, so they cross from a worker process to its parent.
"""

from __future__ import annotations

import re
from typing import ClassVar


class VoxelflightError(Exception):
    """Base class of all errors of this package.

    Attributes
    ----------
    code : str
        Name of the error code, such as ``"NOT_FOUND"``, the same in all languages.
    """

    code: ClassVar[str] = "INTERNAL"


class InvalidArgumentError(VoxelflightError, ValueError):
    """A request that is malformed or asks for something impossible."""

    code = "INVALID_ARGUMENT"


class NotFoundError(VoxelflightError, LookupError):
    """There is no dataset, level or table of that name."""

    code = "NOT_FOUND"


class AlreadyExistsError(VoxelflightError):
    """The name is taken."""

    code = "ALREADY_EXISTS"


class UnsupportedError(VoxelflightError, NotImplementedError):
    """A well-formed request for a feature that the server does not have."""

    code = "UNSUPPORTED"


class CorruptDataError(VoxelflightError):
    """Stored bytes are not what their format says."""

    code = "CORRUPT_DATA"


class UnauthenticatedError(VoxelflightError):
    """A ticket or credential is missing, forged or too old."""

    code = "UNAUTHENTICATED"


class PermissionDeniedError(VoxelflightError, PermissionError):
    """The caller is known but may not do this."""

    code = "PERMISSION_DENIED"


class ResourceExhaustedError(VoxelflightError):
    """A named limit of the server is reached: memory, streams, rows, or what a key may ask in a second."""

    code = "RESOURCE_EXHAUSTED"

    @property
    def retry_after(self) -> float | None:
        """Seconds after which the same request may go through, if the server has said so."""
        found = _WAIT.search(str(self))
        return None if found is None else float(found.group(1)) * (1e-3 if found.group(2) == "ms" else 1.0)


class UnavailableError(VoxelflightError, ConnectionError):
    """The server, or something that it needs, does not answer. May go through later."""

    code = "UNAVAILABLE"


class TimedOutError(VoxelflightError, TimeoutError):
    """It took longer than it may."""

    code = "TIMED_OUT"


class CancelledError(VoxelflightError):
    """The request was cancelled."""

    code = "CANCELLED"


class InternalError(VoxelflightError):
    """A fault of the server or of this package."""

    code = "INTERNAL"


class ForkedProcessError(VoxelflightError, RuntimeError):
    """The process was forked from one that had already talked to a server.

    gRPC does not survive `fork`: the first call would hang, or break the parent's connection. Make worker processes
    with `spawn` or `forkserver`, or make the first call inside the worker.
    """

    code = "FORKED_PROCESS"


_CLASSES: dict[str, type[VoxelflightError]] = {
    error.code: error
    for error in (
        InvalidArgumentError,
        NotFoundError,
        AlreadyExistsError,
        UnsupportedError,
        CorruptDataError,
        UnauthenticatedError,
        PermissionDeniedError,
        ResourceExhaustedError,
        UnavailableError,
        TimedOutError,
        CancelledError,
        InternalError,
    )
}

# What pyarrow raises when there is no code in the message, because gRPC and not the server refused: class name -> ours.
_BY_PYARROW_CLASS: dict[str, type[VoxelflightError]] = {
    "FlightUnavailableError": UnavailableError,
    "FlightTimedOutError": TimedOutError,
    "FlightCancelledError": CancelledError,
    "FlightUnauthenticatedError": UnauthenticatedError,
    "FlightUnauthorizedError": PermissionDeniedError,
    "ArrowCancelled": CancelledError,
    "ArrowInvalid": InvalidArgumentError,
    "ArrowKeyError": NotFoundError,
    "ArrowNotImplementedError": UnsupportedError,
}

# pyarrow wraps the server's words:
# "Flight returned not found error, with message: NOT_FOUND: there is no dataset 'x'. Detail: ...".
_CODE = re.compile(r"(?:^|: )(" + "|".join(_CLASSES) + r"): ")
_NO_CONNECTION = "failed to connect to all addresses"
_WAIT = re.compile(r"\b(?:again|retry|wait)\b[^.:;]*?(\d+(?:\.\d+)?) ?(ms|s)\b")
_AFTER = re.compile(r"\.? (?:Detail: |gRPC client debug context: |Client context: ).*$", re.DOTALL)
_BEFORE = re.compile(r"^Flight (?:returned|RPC failed)[^:]*: ")


def translate(error: BaseException, address: str) -> VoxelflightError:
    """Turn an exception of pyarrow into one of ours.

    Parameters
    ----------
    error : BaseException
        What pyarrow raised.
    address : str
        Who was asked, for the message of an `UnavailableError`.
    """
    if isinstance(error, VoxelflightError):
        return error
    # str() of a KeyError is a repr
    text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    text = _AFTER.sub("", text)
    found = _CODE.search(text)
    if found and _NO_CONNECTION not in text:  # those are gRPC's own words, which may have a code of its own in them
        return _CLASSES[found.group(1)](text[found.end() :].strip())
    text = _BEFORE.sub("", text).strip()
    for known in type(error).__mro__:
        if known.__name__ in _BY_PYARROW_CLASS:
            kind = _BY_PYARROW_CLASS[known.__name__]
            if kind is UnavailableError:
                other = "" if address.startswith("grpc+tls://") else " Does it want grpc+tls://?"
                return kind(f"{address} does not answer ({text}): is the server running, is this its address?{other}")
            return kind(text)
    return InternalError(f"{type(error).__name__}: {text}")
