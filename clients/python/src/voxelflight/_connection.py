"""The gRPC connections of a client: made when first needed, never used across a fork."""

from __future__ import annotations

import os
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any, TypeVar

from voxelflight._access import Access, Retries, Tls
from voxelflight._malloc import keep_freed_memory
from voxelflight.errors import ForkedProcessError, UnauthenticatedError, UnavailableError, VoxelflightError, translate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa
    from pyarrow import flight

T = TypeVar("T")

# A server whose host has died without a word, or that stands still, is noticed: a ping after so much silence, and
# so long for its answer. gRPC would otherwise stop pinging while only the server sends.
KEEPALIVE_MILLIS = 30_000
KEEPALIVE_TIMEOUT_MILLIS = 20_000

# So long a connection may take to come up. gRPC calls it a backoff.
CONNECT_MILLIS = 10_000

# gRPC's event engine takes twice the CPU and halves the throughput; a receiver that is woken when a frame is there, not
# for each piece of it, and frames as large as a block give another 4 to 9 % (docs/decisions.md)
GRPC_EXPERIMENTS = "-event_engine_client,tcp_frame_size_tuning,tcp_rcv_lowat"
FRAME_BYTES = 8 << 20

REUSE = "arrow-flight-reuse-connection:"

_used_in: int | None = None  # the process that made the first Flight call, this one or one it was forked from
_inherited: list[Any] = []  # connections of the parent; destroying one in a forked child can hang, so none ever is
_all: weakref.WeakSet[Connection] = weakref.WeakSet()


class Cancellation:
    """Ends a stream from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reader: Any = None
        self._cancelled = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled.is_set()

    def wait(self, seconds: float) -> None:
        """Wait, not longer than until a cancellation."""
        self._cancelled.wait(seconds)

    def attach(self, reader: Any) -> None:
        """Name the reader to cancel; None when it has ended."""
        with self._lock:
            self._reader = reader
            if self.cancelled and reader is not None:
                reader.cancel()

    def cancel(self) -> None:
        """Cancel the reader that is attached, and every later one."""
        with self._lock:
            self._cancelled.set()
            if self._reader is not None:
                self._reader.cancel()


class Connection:
    """One server and the replicas that its endpoints name.

    Parameters
    ----------
    address : str
        ``grpc://HOST:PORT``, ``grpc+tls://HOST:PORT``, or ``HOST:PORT``.
    timeout : float or None
        Seconds that a call which is not a stream may take.
    access : Access
        What is shown with every call.
    tls : Tls
        Whom to trust, and who we are.
    """

    def __init__(
        self, address: str, timeout: float | None, access: Access | None = None, tls: Tls | None = None
    ) -> None:
        if "://" not in address:
            address = f"grpc://{address}"
        scheme, _, place = address.partition("://")
        if scheme not in ("grpc", "grpc+tcp", "grpc+tls", "grpc+unix") or not place:
            raise ValueError(f"'{address}' is not an address: write grpc://HOST:PORT")
        if tls and scheme != "grpc+tls":
            raise ValueError(f"certificates are given, but '{address}' is not encrypted: write grpc+tls://{place}")
        self.address = address
        self.timeout = timeout
        self.access = access or Access()
        self.tls = tls or Tls()
        self._lock = threading.Lock()
        self._clients: dict[str, flight.FlightClient] = {}
        self._closed = False
        _all.add(self)

    def check_process(self) -> None:
        """Refuse to go on in a process that was forked after the first Flight call.

        Raises
        ------
        ForkedProcessError
            If so.
        """
        if _used_in is not None and _used_in != os.getpid():
            raise ForkedProcessError(
                f"process {os.getpid()} was forked from process {_used_in}, which had already talked to a server, and"
                " gRPC does not survive a fork: make workers with 'spawn' or 'forkserver' (in PyTorch:"
                " DataLoader(..., multiprocessing_context='spawn')), or make the first call inside the worker"
            )

    def client(self, address: str | None = None) -> flight.FlightClient:
        """Return the connection to `address`, by default to the server itself; connect if there is none yet."""
        global _used_in
        self.check_process()
        with self._lock:
            if self._closed:
                raise ValueError(f"the client of {self.address} is closed")
            key = _canonical(address or self.address)
            known = self._clients.get(key)
            if known is None:
                # gRPC reads this when the first channel of the process is made; what the user has set stays
                os.environ.setdefault("GRPC_EXPERIMENTS", GRPC_EXPERIMENTS)
                keep_freed_memory()
                from pyarrow import flight

                _used_in = os.getpid()
                known = flight.connect(
                    address or self.address,
                    generic_options=[
                        ("grpc.keepalive_time_ms", KEEPALIVE_MILLIS),
                        ("grpc.keepalive_timeout_ms", KEEPALIVE_TIMEOUT_MILLIS),
                        ("grpc.http2.ping_timeout_ms", KEEPALIVE_TIMEOUT_MILLIS),  # else a ping has a minute
                        ("grpc.http2.max_pings_without_data", 0),
                        ("grpc.min_reconnect_backoff_ms", CONNECT_MILLIS),
                        ("grpc.http2.max_frame_size", FRAME_BYTES),
                    ],
                    **self.tls.arguments(),
                )
                self._clients[key] = known
            return known

    def _options(self, secret: str | None, timeout: float | None) -> flight.FlightCallOptions:
        from pyarrow import flight

        headers = [] if secret is None else [(b"authorization", b"Bearer " + secret.encode())]
        return flight.FlightCallOptions(timeout=timeout, headers=headers)

    def call(
        self, method: Callable[[flight.FlightClient, flight.FlightCallOptions], T], *, repeatable: bool = True
    ) -> T:
        """Make a call that is not a stream.

        A server that does not answer is asked again a few times; one that refuses a token which can be renewed, once.

        Parameters
        ----------
        method : callable
            Gets the Flight client and the options to pass on.
        repeatable : bool
            False if the call must not be made again where it may have been carried out already. (Who was not let in,
            for that the server has done nothing.)

        Raises
        ------
        VoxelflightError
            What went wrong, by the server's code.
        """
        client = self.client()
        deadline = None if self.timeout is None else time.monotonic() + self.timeout
        retries = Retries(deadline)
        renewed = False
        while True:
            secret = self.access.secret()
            try:
                left = None if deadline is None else max(0.001, deadline - time.monotonic())
                return method(client, self._options(secret, left))
            except Exception as e:
                error = translate(e, self.address)
                if isinstance(error, UnauthenticatedError) and not renewed and self.access.renew(secret):
                    renewed = True
                elif not (repeatable and isinstance(error, UnavailableError) and retries.again()):
                    raise error from e

    def descriptor(self, command: bytes) -> flight.FlightDescriptor:
        """Return a descriptor of a command."""
        from pyarrow import flight

        return flight.FlightDescriptor.for_command(command)

    def info(self, command: bytes) -> flight.FlightInfo:
        """Ask what streams answer a command."""
        return self.call(lambda client, options: client.get_flight_info(self.descriptor(command), options))

    def action(self, kind: str, body: bytes, *, repeatable: bool) -> bytes:
        """Run an action and return its first result."""

        def ask(client: flight.FlightClient, options: flight.FlightCallOptions) -> bytes:
            from pyarrow import flight

            results = [result.body.to_pybytes() for result in client.do_action(flight.Action(kind, body), options)]
            return results[0] if results else b""

        return self.call(ask, repeatable=repeatable)

    def batches(self, info: flight.FlightInfo, cancellation: Cancellation) -> Iterator[pa.RecordBatch]:
        """Yield the record batches of all endpoints, one endpoint after the other.

        Ends early, without an error, after a cancellation. The stream of an endpoint is opened again while none of its
        batches was handed out.
        """
        for endpoint in info.endpoints:
            retries = Retries()
            renewed = False
            while not cancellation.cancelled:
                secret = self.access.secret()
                began = False
                try:
                    for batch in self._stream(endpoint, secret, cancellation):
                        began = True
                        yield batch
                    break
                except UnauthenticatedError as e:
                    if began or renewed or not self.access.renew(secret):
                        raise e
                    renewed = True
                except UnavailableError as e:
                    if began or not retries.again(cancellation.wait):
                        raise e

    def _stream(
        self, endpoint: flight.FlightEndpoint, secret: str | None, cancellation: Cancellation
    ) -> Iterator[pa.RecordBatch]:
        reader = self.open(endpoint, secret)
        cancellation.attach(reader)
        ended = False
        try:
            while True:
                try:
                    batch = reader.read_chunk().data
                except StopIteration:
                    ended = True
                    break
                except Exception as e:
                    ended = True
                    if cancellation.cancelled:
                        return
                    raise translate(e, self.address) from e
                yield batch
        finally:
            cancellation.attach(None)
            if not ended:
                reader.cancel()

    def open(self, endpoint: flight.FlightEndpoint, secret: str | None) -> flight.FlightStreamReader:
        """Open the stream of an endpoint at the first of its locations that answers, at last at the server itself.

        A location that is not encrypted is passed over by a client that is: it would tell its secret to all.
        """
        encrypted = self.address.startswith("grpc+tls://")
        addresses: list[str | None] = []
        for location in endpoint.locations:
            uri = location.uri.decode()
            if uri.startswith(REUSE):
                addresses.append(None)
            elif not encrypted or uri.startswith("grpc+tls://"):
                addresses.append(uri)
        if None not in addresses:
            addresses.append(None)
        last: VoxelflightError | None = None
        for address in addresses:
            client = self.client(address)
            try:
                return client.do_get(endpoint.ticket, self._options(secret, None))
            except Exception as e:
                last = translate(e, address or self.address)
                if not isinstance(last, UnavailableError):
                    raise last from e
        assert last is not None
        raise last

    def close(self) -> None:
        """Close all connections; harmless when repeated."""
        with self._lock:
            self._closed = True
            clients = list(self._clients.values())
            self._clients.clear()
        for client in clients:
            client.close()

    def forked(self) -> None:
        """Keep the parent's connections from being touched or destroyed in this child."""
        self._lock = threading.Lock()  # may be held by a thread that does not exist here
        _inherited.extend(self._clients.values())
        self._clients = {}


def _canonical(address: str) -> str:
    return address.replace("grpc+tcp://", "grpc://", 1).rstrip("/")


def _after_fork_in_child() -> None:
    for connection in list(_all):
        connection.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
