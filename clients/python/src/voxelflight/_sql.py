"""Flight SQL in plain pyarrow: the five protobuf messages that a query takes, written by hand.

All have only string and bytes fields, so the wire format is short: a tag (field number * 8 + 2), a length, the bytes.
The messages are those of Arrow's FlightSql.proto, each wrapped in a google.protobuf.Any.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from voxelflight._connection import Cancellation
from voxelflight.errors import InternalError, InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from pyarrow import flight

    from voxelflight._connection import Connection

PACKAGE = "type.googleapis.com/arrow.flight.protocol.sql."


def query(connection: Connection, text: str, parameters: Sequence[Any] | Mapping[str, Any] | None) -> pa.Table:
    """Run a SELECT and return all rows; with parameters as a prepared statement."""
    if parameters is None:
        return _table(connection, pack("CommandStatementQuery", {1: text.encode()}))
    if isinstance(parameters, (Mapping, str)):
        raise InvalidArgumentError("parameters are a list of values, one for each '?' of the statement")
    created = _action(
        connection, "CreatePreparedStatement", pack("ActionCreatePreparedStatementRequest", {1: text.encode()})
    )
    fields = unpack("ActionCreatePreparedStatementResult", created)
    handle = fields.get(1, b"")
    try:
        if parameters:
            handle = _bind(connection, handle, fields.get(3, b""), list(parameters))
        return _table(connection, pack("CommandPreparedStatementQuery", {1: handle}))
    finally:
        _action(connection, "ClosePreparedStatement", pack("ActionClosePreparedStatementRequest", {1: handle}))


def _table(connection: Connection, command: bytes) -> pa.Table:
    import pyarrow as pa

    info = connection.info(command)
    batches = list(connection.batches(info, Cancellation()))
    schema = batches[0].schema if batches else info.schema
    return pa.Table.from_batches(batches, schema)


def _action(connection: Connection, kind: str, body: bytes) -> bytes:
    return connection.action(kind, body, repeatable=False)


def _bind(connection: Connection, handle: bytes, parameter_schema: bytes, values: list[Any]) -> bytes:
    import pyarrow as pa

    schema = pa.ipc.read_schema(pa.py_buffer(parameter_schema)) if parameter_schema else pa.schema([])
    if len(schema) != len(values):
        raise InvalidArgumentError(f"the statement has {len(schema)} parameters, {len(values)} values were given")
    columns = []
    for number, (field, value) in enumerate(zip(schema, values, strict=True), 1):
        try:
            columns.append(pa.array([value], field.type))
        except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError, OverflowError) as e:
            raise InvalidArgumentError(f"parameter {number}: {value!r} is no {field.type} ({e})") from e
    batch = pa.RecordBatch.from_arrays(columns, schema=schema)
    command = pack("CommandPreparedStatementQuery", {1: handle})

    def put(client: flight.FlightClient, options: flight.FlightCallOptions) -> bytes:
        writer, reader = client.do_put(connection.descriptor(command), schema, options)
        with writer:
            writer.write_batch(batch)
            writer.done_writing()
            answer = reader.read()
            # an answer may carry another handle to go on with; it is the one message that is not wrapped
            return _fields(answer.to_pybytes()).get(1, handle) if answer is not None else handle

    return connection.call(put, repeatable=False)


def pack(name: str, fields: dict[int, bytes]) -> bytes:
    """Encode a Flight SQL message, wrapped in an Any."""
    return _encode({1: (PACKAGE + name).encode(), 2: _encode(fields)})


def unpack(name: str, message: bytes) -> dict[int, bytes]:
    """Return the fields of a message that is wrapped in an Any.

    Raises
    ------
    InternalError
        If it is another message.
    """
    wrapped = _fields(message)
    if wrapped.get(1, b"").decode() != PACKAGE + name:
        raise InternalError(f"the server answered {wrapped.get(1, b'')!r} where {name} was due")
    return _fields(wrapped.get(2, b""))


def _encode(fields: dict[int, bytes]) -> bytes:
    return b"".join(_varint(number << 3 | 2) + _varint(len(value)) + value for number, value in fields.items())


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _fields(message: bytes) -> dict[int, bytes]:
    fields: dict[int, bytes] = {}
    at = 0
    while at < len(message):
        tag, at = _read_varint(message, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            _, at = _read_varint(message, at)
        elif wire == 2:
            length, at = _read_varint(message, at)
            if at + length > len(message):
                raise InternalError("the server sent a truncated message")
            fields[number] = message[at : at + length]
            at += length
        else:
            raise InternalError(f"the server sent a message with wire type {wire}")
    return fields


def _read_varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(message) or shift > 63:
            raise InternalError("the server sent a truncated message")
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at += 1
        shift += 7
        if byte < 0x80:
            return value, at
