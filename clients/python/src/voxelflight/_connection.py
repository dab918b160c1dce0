"""The gRPC connections of a client: made when first needed, never used across a fork."""

from __future__ import annotations

import os
import threading
import weakref
from typing import TYPE_CHECKING, Any, TypeVar

from voxelflight._malloc import keep_freed_memory
from voxelflight.errors import ForkedProcessError, UnavailableError, VoxelflightError, translate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa
    from pyarrow import flight

T = TypeVar("T")

# A server whose host has died without a word, or that stands still, is noticed: a ping after so much silence, and
# so long for its answer. gRPC would otherwise stop pinging while only the server sends.
KEEPALIVE_MILLIS = 30_000
KEEPALIVE_TIMEOUT_MILLIS = 20_000

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
        self._cancelled = False

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled

    def attach(self, reader: Any) -> None:
        """Name the reader to cancel; None when it has ended."""
        with self._lock:
            self._reader = reader
            if self._cancelled and reader is not None:
                reader.cancel()

    def cancel(self) -> None:
        """Cancel the reader that is attached, and every later one."""
        with self._lock:
            self._cancelled = True
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
    """

    def __init__(self, address: str, timeout: float | None) -> None:
        if "://" not in address:
            address = f"grpc://{address}"
        scheme, _, place = address.partition("://")
        if scheme not in ("grpc", "grpc+tcp", "grpc+tls", "grpc+unix") or not place:
            raise ValueError(f"'{address}' is not an address: write grpc://HOST:PORT")
        self.address = address
        self.timeout = timeout
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
                        ("grpc.http2.max_frame_size", FRAME_BYTES),
                    ],
                )
                self._clients[key] = known
            return known

    def call(self, method: Callable[[flight.FlightClient, flight.FlightCallOptions], T]) -> T:
        """Make a call that is not a stream.

        Parameters
        ----------
        method : callable
            Gets the Flight client and the options to pass on.

        Raises
        ------
        VoxelflightError
            What went wrong, by the server's code.
        """
        client = self.client()
        from pyarrow import flight

        try:
            return method(client, flight.FlightCallOptions(timeout=self.timeout))
        except Exception as e:
            raise translate(e, self.address) from e

    def descriptor(self, command: bytes) -> flight.FlightDescriptor:
        """Return a descriptor of a command."""
        from pyarrow import flight

        return flight.FlightDescriptor.for_command(command)

    def info(self, command: bytes) -> flight.FlightInfo:
        """Ask what streams answer a command."""
        return self.call(lambda client, options: client.get_flight_info(self.descriptor(command), options))

    def batches(self, info: flight.FlightInfo, cancellation: Cancellation) -> Iterator[pa.RecordBatch]:
        """Yield the record batches of all endpoints, one endpoint after the other.

        Ends early, without an error, after a cancellation.
        """
        for endpoint in info.endpoints:
            if cancellation.cancelled:
                return
            reader = self.open(endpoint)
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

    def open(self, endpoint: flight.FlightEndpoint) -> flight.FlightStreamReader:
        """Open the stream of an endpoint at the first of its locations that answers, at last at the server itself."""
        addresses: list[str | None] = []
        for location in endpoint.locations:
            uri = location.uri.decode()
            addresses.append(None if uri.startswith(REUSE) else uri)
        if None not in addresses:
            addresses.append(None)
        last: VoxelflightError | None = None
        for address in addresses:
            client = self.client(address)
            try:
                return client.do_get(endpoint.ticket)
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
