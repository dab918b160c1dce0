"""The client: datasets by name, and SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voxelflight import _sql
from voxelflight._access import Access, Tls, address_of
from voxelflight._connection import Connection
from voxelflight._records import Dataset
from voxelflight._volume import Volume
from voxelflight.errors import InternalError, NotFoundError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import TracebackType

    import pyarrow as pa

DATASET = b"voxelflight:dataset"


def connect(
    address: str | None = None,
    *,
    api_key: str | None = None,
    token: str | Callable[[], str] | None = None,
    tls_roots: str | os.PathLike[str] | bytes | None = None,
    client_cert: str | os.PathLike[str] | bytes | None = None,
    client_key: str | os.PathLike[str] | bytes | None = None,
    timeout: float | None = 60.0,
) -> Client:
    """Return a client of a server.

    Nothing is sent yet: the connection is made by the first request.

    Parameters
    ----------
    address : str, optional
        ``grpc://HOST:PORT`` as the server prints it; ``grpc+tls://`` for TLS. By default the environment variable
        ``VOXELFLIGHT_URI``.
    api_key : str, optional
        A key that ``voxelflight keys create`` has printed. By default the environment variable
        ``VOXELFLIGHT_API_KEY``, if a server wants one.
    token : str or callable, optional
        A JSON Web Token in place of a key, or a function without arguments that returns one: it is called first when
        the first request is made, again before the token expires (if it says when), and once more when the server
        refuses it. Threads wait while it runs.
    tls_roots : path or bytes, optional
        Certificates (PEM) of the authorities that vouch for the server. By default those of the system.
    client_cert, client_key : path or bytes, optional
        The client's own certificate and key (PEM), for a server that wants one. Files are read now.
    timeout : float or None
        Seconds that a request may take to be accepted; streams of voxels and rows may then take as long as they need.

    Raises
    ------
    ValueError
        If there is no address, or arguments contradict each other.
    OSError
        If a file cannot be read.
    """
    access = Access.of(api_key, token)
    return Client(address_of(address), timeout=timeout, access=access, tls=Tls.of(tls_roots, client_cert, client_key))


class Client:
    """A server's datasets by name, and its SQL.

    Made by `connect`. Threads may share a client. It can be pickled: the copy, in a spawned worker for example,
    connects anew. (The pickle holds the key or token; a function that renews tokens must be picklable itself.) In a
    process that was forked after the first request every use raises `ForkedProcessError`.
    """

    def __init__(
        self, address: str, *, timeout: float | None = 60.0, access: Access | None = None, tls: Tls | None = None
    ) -> None:
        self.connection = Connection(address, timeout, access, tls)

    @property
    def address(self) -> str:
        """Address of the server."""
        return self.connection.address

    def datasets(self) -> list[Dataset]:
        """List all datasets, by name."""
        infos = self.connection.call(lambda client, options: list(client.list_flights(options=options)))
        return sorted((_dataset(info.schema) for info in infos), key=lambda dataset: dataset.name)

    def __getitem__(self, name: str) -> Volume:
        """Open a dataset.

        Raises
        ------
        NotFoundError
            If there is no dataset of that name.
        """
        if not isinstance(name, str):
            raise TypeError(f"a dataset is opened by its name, not by {type(name).__name__}")

        def ask(client: Any, options: Any) -> Any:
            from pyarrow import flight

            return client.get_schema(flight.FlightDescriptor.for_path(name), options)

        return Volume(self, _dataset(self.connection.call(ask).schema))

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        try:
            self[name]
        except NotFoundError:
            return False
        return True

    def __iter__(self) -> Iterator[str]:
        return iter([dataset.name for dataset in self.datasets()])

    def sql(self, text: str, parameters: Sequence[Any] | Mapping[str, Any] | None = None) -> pa.Table:
        """Run a SELECT.

        Parameters
        ----------
        text : str
            SQL; ``?`` stands for a parameter.
        parameters : sequence, optional
            A value for each ``?``, in order.

        Returns
        -------
        pyarrow.Table
            All rows.

        Raises
        ------
        InvalidArgumentError
            If the statement is wrong; the message says where.
        VoxelflightError
            If the server cannot answer.
        """
        return _sql.query(self.connection, text, parameters)

    def close(self) -> None:
        """Close the connection; harmless when repeated."""
        self.connection.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        made = self.connection
        return _reconnect, (made.address, made.timeout, made.access, made.tls)

    def __repr__(self) -> str:
        return f"<voxelflight.Client of {self.address}>"


def _reconnect(address: str, timeout: float | None, access: Access, tls: Tls) -> Client:
    return Client(address, timeout=timeout, access=access, tls=tls)


def _dataset(schema: pa.Schema) -> Dataset:
    metadata = schema.metadata or {}
    if DATASET not in metadata:
        raise InternalError(f"the server describes a dataset without '{DATASET.decode()}': is it a Voxelflight server?")
    return Dataset.from_json(metadata[DATASET])
