"""The client: datasets by name, and SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voxelflight import _sql
from voxelflight._connection import Connection
from voxelflight._records import Dataset
from voxelflight._volume import Volume
from voxelflight.errors import InternalError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType

    import pyarrow as pa

DATASET = b"voxelflight:dataset"


def connect(address: str, *, timeout: float | None = 60.0) -> Client:
    """Return a client of a server.

    Nothing is sent yet: the connection is made by the first request.

    Parameters
    ----------
    address : str
        ``grpc://HOST:PORT`` as the server prints it; ``grpc+tls://`` for TLS.
    timeout : float or None
        Seconds that a request may take to be accepted; streams of voxels and rows may then take as long as they need.

    Raises
    ------
    ValueError
        If that is no address.
    """
    return Client(address, timeout=timeout)


class Client:
    """A server's datasets by name, and its SQL.

    Threads may share a client. It can be pickled: the copy, in a spawned worker for example, connects anew. In a
    process that was forked after the first request every use raises `ForkedProcessError`.
    """

    def __init__(self, address: str, *, timeout: float | None = 60.0) -> None:
        self.connection = Connection(address, timeout)

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
        return _reconnect, (self.connection.address, self.connection.timeout)

    def __repr__(self) -> str:
        return f"<voxelflight.Client of {self.address}>"


def _reconnect(address: str, timeout: float | None) -> Client:
    return Client(address, timeout=timeout)


def _dataset(schema: pa.Schema) -> Dataset:
    metadata = schema.metadata or {}
    if DATASET not in metadata:
        raise InternalError(f"the server describes a dataset without '{DATASET.decode()}': is it a Voxelflight server?")
    return Dataset.from_json(metadata[DATASET])
