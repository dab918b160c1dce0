"""SQLAlchemy dialect: ``create_engine("voxelflight://127.0.0.1:8815")``.

It speaks through ADBC's Flight SQL driver (``pip install 'voxelflight[sqlalchemy]'``), and works with SQLAlchemy 1.4
and 2. The service is read-only and has no transactions: ``commit`` and ``rollback`` do nothing.

The URL is ``voxelflight://[user:password@]host[:port][/voxelflight[/main]][?tls=true][&adbc...=...]``; options whose
names begin with ``adbc.`` go to the driver.

>>> import sqlalchemy as sa
>>> engine = sa.create_engine("voxelflight://127.0.0.1:8815")
>>> chunks = sa.Table("chunks", sa.MetaData(), autoload_with=engine)
>>> with engine.connect() as connection:
...     rows = connection.execute(sa.select(chunks.c.z, chunks.c.mean).where(chunks.c.dataset == "fib25").limit(5))
"""

from __future__ import annotations

import importlib
import re
from typing import Any

from sqlalchemy import exc, types, util
from sqlalchemy.engine import default
from sqlalchemy.sql import compiler, elements, operators

__all__ = ["VoxelflightDialect"]

CATALOG = "voxelflight"
SCHEMA = "main"
PORT = 8815

_UUID: Any = types.Uuid(as_uuid=False) if hasattr(types, "Uuid") else types.String()  # SQLAlchemy 1.4 has none

_TYPES: dict[str, Any] = {
    "BOOLEAN": types.BOOLEAN(),
    "SMALLINT": types.SMALLINT(),
    "INTEGER": types.INTEGER(),
    "BIGINT": types.BIGINT(),
    "REAL": types.REAL(),
    "DOUBLE": types.FLOAT(53),
    "VARCHAR": types.VARCHAR(),
    "UUID": _UUID,
    "JSON": types.JSON(),
    "BLOB": types.BLOB(),
    "DATE": types.DATE(),
    "TIME": types.TIME(),
    "TIMESTAMP": types.TIMESTAMP(),
    "TIMESTAMP WITH TIME ZONE": types.TIMESTAMP(timezone=True),
}
_DECIMAL = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)")


class _Interval(types.Interval):
    """A ``timedelta`` as it is: the generic type would store it as a date."""

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        return None

    def bind_processor(self, dialect: Any) -> Any:
        return None


class _Binary(types.LargeBinary):
    """Bytes as they are: ADBC has no type of its own for them."""

    def bind_processor(self, dialect: Any) -> Any:
        return None


def column_type(name: str) -> Any:
    """Return SQLAlchemy's type for one of the service, such as ``DOUBLE[]``."""
    if name.endswith("]"):
        return types.ARRAY(column_type(name[: name.rindex("[")]))
    decimal = _DECIMAL.fullmatch(name)
    if decimal:
        return types.DECIMAL(int(decimal[1]), int(decimal[2]))
    if name == "INTERVAL":
        return _Interval()
    if name not in _TYPES:
        util.warn(f"the type {name!r} is not known to this dialect: install a newer voxelflight")
        return types.NullType()
    return _TYPES[name]


class _TypeCompiler(compiler.GenericTypeCompiler):
    """Names of types as the service has them; a Python float has eight bytes."""

    def visit_FLOAT(self, type_: Any, **kw: Any) -> str:  # noqa: N802
        return "DOUBLE"

    def visit_NUMERIC(self, type_: Any, **kw: Any) -> str:  # noqa: N802
        if type_.precision is None:
            return "DECIMAL(38, 10)"
        return f"DECIMAL({type_.precision}, {type_.scale or 0})"

    def visit_DECIMAL(self, type_: Any, **kw: Any) -> str:  # noqa: N802
        return self.visit_NUMERIC(type_)

    def visit_TEXT(self, type_: Any, **kw: Any) -> str:  # noqa: N802
        return "VARCHAR"

    def visit_JSON(self, type_: Any, **kw: Any) -> str:  # noqa: N802
        return "VARCHAR"

    def visit_uuid(self, type_: Any, **kw: Any) -> str:
        return "UUID"

    def visit_datetime(self, type_: Any, **kw: Any) -> str:
        return self.visit_TIMESTAMP(type_)

    def visit_TIMESTAMP(self, type_: Any, **kw: Any) -> str:  # noqa: N802
        return "TIMESTAMP WITH TIME ZONE" if type_.timezone else "TIMESTAMP"

    def visit_ARRAY(self, type_: Any, **kw: Any) -> str:  # noqa: N802
        return f"{self.process(type_.item_type)}[]"


_COMPARISONS = frozenset({operators.eq, operators.ne, operators.lt, operators.le, operators.gt, operators.ge})


class _Compiler(compiler.SQLCompiler):
    """Statements in the service's dialect, which must see what type a parameter has."""

    def visit_binary(self, binary: Any, *args: Any, **kw: Any) -> str:
        kw.pop("typed", None)
        sides = binary.left, binary.right
        # beside a column the service knows the type, and the statement stays short
        if (
            binary.operator in _COMPARISONS
            and any(isinstance(side, elements.ColumnClause) and side.table is not None for side in sides)
            and any(isinstance(side, elements.BindParameter) for side in sides)
        ):
            kw["typed"] = True
        return str(super().visit_binary(binary, *args, **kw))  # type: ignore[no-untyped-call]

    def visit_bindparam(self, bindparam: Any, *args: Any, **kw: Any) -> str:
        typed = kw.pop("typed", False)
        text = str(super().visit_bindparam(bindparam, *args, **kw))  # type: ignore[no-untyped-call]
        if (
            typed
            or kw.get("literal_binds")
            or bindparam.expanding
            or getattr(bindparam, "literal_execute", False)
            or isinstance(bindparam.type, (types.NullType, types.Interval, types.TupleType))
        ):
            return text
        return f"CAST({text} AS {self.dialect.type_compiler.process(bindparam.type)})"

    def visit_getitem_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return f"{self.process(binary.left, **kw)}[{self.process(binary.right, **kw)}]"

    def visit_ilike_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self._ilike("ILIKE", binary, **kw)

    def visit_not_ilike_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return self._ilike("NOT ILIKE", binary, **kw)

    def _ilike(self, word: str, binary: Any, **kw: Any) -> str:
        escape = (binary.modifiers or {}).get("escape")
        text = f"{self.process(binary.left, **kw)} {word} {self.process(binary.right, **kw)}"
        return text if escape is None else f"{text} ESCAPE {self.render_literal_value(escape, types.String())}"

    def visit_regexp_match_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        # not '~', which is about the whole text
        return f"regexp_matches({self.process(binary.left, **kw)}, {self.process(binary.right, **kw)})"

    def visit_not_regexp_match_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        return f"NOT {self.visit_regexp_match_op_binary(binary, operator, **kw)}"

    def visit_regexp_replace_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        parts = [self.process(binary.left, **kw), self.process(binary.right, **kw)]
        if "replacement" in binary.modifiers:  # in SQLAlchemy 1.4
            parts.append(self.process(binary.modifiers["replacement"], **kw))
        return f"regexp_replace({', '.join(parts)})"

    def visit_json_getitem_op_binary(self, binary: Any, operator: Any, **kw: Any) -> str:
        whole = isinstance(binary.type, types.JSON)
        # the service wants to see the key
        key = self.process(binary.right, **{**kw, "literal_binds": True})
        text = f"({self.process(binary.left, **kw)} {'->' if whole else '->>'} {key})"
        if whole or isinstance(binary.type, types.String):
            return text
        return f"CAST({text} AS {self.dialect.type_compiler.process(binary.type)})"

    def group_by_clause(self, select: Any, **kw: Any) -> str:
        # two parameters of one value are two expressions: name the column in place of writing it again
        columns = {id(column) for column in getattr(select, "_raw_columns", ())}
        clauses = []
        for clause in select._group_by_clauses:
            named = {"render_label_as_label": clause} if id(clause) in columns else {}
            clauses.append(self.process(clause, **named, **kw))
        return " GROUP BY " + ", ".join(clauses) if clauses else ""

    def limit_clause(self, select: Any, **kw: Any) -> str:
        text = ""
        kw["typed"] = True
        if select._limit_clause is not None:
            text += f"\n LIMIT {self.process(select._limit_clause, **kw)}"
        if select._offset_clause is not None:
            text += f"\n OFFSET {self.process(select._offset_clause, **kw)}"
        return text


class VoxelflightDialect(default.DefaultDialect):
    """What SQLAlchemy has to know of the service."""

    name = "voxelflight"
    driver = "adbc"
    paramstyle = default_paramstyle = "qmark"
    default_schema_name = SCHEMA
    max_identifier_length = 63
    div_is_floordiv = False
    supports_statement_cache = True
    supports_alter = False
    supports_comments = True
    supports_native_boolean = True
    supports_native_decimal = True
    supports_native_uuid = True
    supports_sane_rowcount = False
    supports_sane_multi_rowcount = False
    postfetch_lastrowid = False
    statement_compiler = _Compiler
    type_compiler_cls = type_compiler = _TypeCompiler
    _json_serializer = _json_deserializer = None
    colspecs = {types.Interval: _Interval, types.LargeBinary: _Binary}  # noqa: RUF012

    @classmethod
    def import_dbapi(cls) -> Any:
        try:
            return importlib.import_module("adbc_driver_flightsql.dbapi")
        except ImportError as e:
            raise ImportError("the dialect needs ADBC: pip install 'voxelflight[sqlalchemy]'") from e

    @classmethod
    def dbapi(cls) -> Any:  # type: ignore[override]
        """Return the same, to SQLAlchemy 1.4."""
        return cls.import_dbapi()

    def create_connect_args(self, url: Any) -> Any:
        where = [part for part in (url.database or "").split("/") if part]
        if where not in ([], [CATALOG], [CATALOG, SCHEMA], [SCHEMA]):
            raise exc.ArgumentError(f"there is no database {url.database!r}: leave it out, or write {CATALOG}")
        options: dict[str, str] = {}
        scheme = "grpc+tcp"
        for name, value in url.query.items():
            if name == "tls" and value in ("true", "false"):
                scheme = "grpc+tls" if value == "true" else "grpc+tcp"
            elif name.startswith("adbc."):
                options[name] = value
            else:
                raise exc.ArgumentError(
                    f"the URL's option {name}={value} is not known: there are tls=true and the driver's adbc.* options"
                )
        if url.username or url.password:  # a key is a password without a name
            options["username"] = url.username or "key"
            options["password"] = str(url.password or "")
        host = url.host or "127.0.0.1"
        address = f"{scheme}://{f'[{host}]' if ':' in host else host}:{url.port or PORT}"
        return [address], {"db_kwargs": options, "autocommit": True}

    def _get_server_version_info(self, connection: Any) -> tuple[int, ...]:
        version = connection.connection.adbc_get_info().get("vendor_version", "")
        return tuple(int(number) for number in re.findall(r"\d+", version)[:3])

    def _get_default_schema_name(self, connection: Any) -> str:
        return SCHEMA

    def get_isolation_level_values(self, dbapi_connection: Any) -> Any:
        """Return the one level: each statement sees one state of the catalog."""
        return ["AUTOCOMMIT"]

    def get_isolation_level(self, dbapi_connection: Any) -> Any:
        return "AUTOCOMMIT"

    def set_isolation_level(self, dbapi_connection: Any, level: Any) -> None:
        if level != "AUTOCOMMIT":
            raise exc.ArgumentError(f"the isolation level {level!r} is not there: there are no transactions")

    # reflection

    def get_schema_names(self, connection: Any, **kw: Any) -> list[str]:
        return self._names(connection, "SELECT schema_name FROM duckdb_schemas() WHERE NOT internal")

    def get_table_names(self, connection: Any, schema: str | None = None, **kw: Any) -> list[str]:
        return self._tables(connection, schema, "BASE TABLE")

    def get_view_names(self, connection: Any, schema: str | None = None, **kw: Any) -> list[str]:
        return self._tables(connection, schema, "VIEW")

    def has_table(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> bool:
        text = "SELECT table_name FROM information_schema.tables WHERE table_schema = ? AND table_name = ?"
        return bool(self._names(connection, text, schema or SCHEMA, table_name.lower()))

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> Any:
        text = (
            "SELECT column_name, data_type, is_nullable, comment FROM duckdb_columns()"
            " WHERE schema_name = ? AND table_name = ? ORDER BY column_index"
        )
        rows = connection.exec_driver_sql(text, (schema or SCHEMA, table_name.lower())).fetchall()
        if not rows:
            raise exc.NoSuchTableError(table_name)
        return [
            {
                "name": name,
                "type": column_type(kind),
                "nullable": nullable,
                "default": None,
                "autoincrement": False,
                "comment": comment,
            }
            for name, kind, nullable, comment in rows
        ]

    def get_table_comment(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> Any:
        text = "SELECT comment FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?"
        comments = self._names(connection, text, schema or SCHEMA, table_name.lower())
        if not comments:
            raise exc.NoSuchTableError(table_name)
        return {"text": comments[0]}

    # the service has no constraints and shows no indexes

    def get_pk_constraint(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> Any:
        return self._none(connection, table_name, schema, {"constrained_columns": [], "name": None})

    def get_foreign_keys(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> Any:
        return self._none(connection, table_name, schema, [])

    def get_indexes(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> Any:
        return self._none(connection, table_name, schema, [])

    def get_unique_constraints(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> Any:
        return self._none(connection, table_name, schema, [])

    def get_check_constraints(self, connection: Any, table_name: str, schema: str | None = None, **kw: Any) -> Any:
        return self._none(connection, table_name, schema, [])

    def get_temp_table_names(self, connection: Any, schema: str | None = None, **kw: Any) -> list[str]:
        return []

    def get_temp_view_names(self, connection: Any, schema: str | None = None, **kw: Any) -> list[str]:
        return []

    def _none(self, connection: Any, table: str, schema: str | None, answer: Any) -> Any:
        if not self.has_table(connection, table, schema):
            raise exc.NoSuchTableError(table)
        return answer

    def _tables(self, connection: Any, schema: str | None, kind: str) -> list[str]:
        text = (
            "SELECT table_name FROM information_schema.tables WHERE table_schema = ? AND table_type = ?"
            " ORDER BY table_name"
        )
        return self._names(connection, text, schema or SCHEMA, kind)

    def _names(self, connection: Any, text: str, *parameters: str) -> list[str]:
        return [row[0] for row in connection.exec_driver_sql(text, parameters)]
