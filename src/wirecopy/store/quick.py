"""Runs the statements that are written for every article, without what SQLAlchemy does at each.

SQLAlchemy writes them, once for each set of columns; after that only the values' types and the
driver's cursor are left. A recorded page runs twenty: 60 us each by `Connection.execute`, 10 here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, Select
from sqlalchemy.exc import DBAPIError

Row = Mapping[str, Any]


def run(c: Connection, statement: Executable, row: Row) -> Sequence[tuple[Any, ...]]:
    """Run it; the rows it gives, as the driver gives them. Raises as `c.execute` does.

    For statements that are kept (they are remembered) and hold no list of values.
    """
    plan = _plan(c, statement, row)
    values = plan.values(row)
    cursor = _cursor(c)
    try:
        cursor.execute(plan.sql, values)
        return cursor.fetchall() if cursor.description else ()
    except plan.failures as error:
        raise _told(c, plan, values, error) from error
    finally:
        cursor.close()


def ask(c: Connection, statement: Select[Any], row: Row) -> list[dict[str, Any]]:
    """The rows a question gives, as SQLAlchemy's types make them, by their columns' names."""
    if not c.in_transaction():
        c.begin()  # as SQLAlchemy does at a reader's first question
    plan = _plan(c, statement, row)
    return [plan.given(each) for each in run(c, statement, row)]


def run_many(c: Connection, statement: Executable, rows: Sequence[Row]) -> None:
    """Run it for each row, all of which have the same columns."""
    if not rows:
        return
    plan = _plan(c, statement, rows[0])
    values = [plan.values(row) for row in rows]
    cursor = _cursor(c)
    try:
        cursor.executemany(plan.sql, values)
    except plan.failures as error:
        raise _told(c, plan, values, error) from error
    finally:
        cursor.close()


class _Plan:
    """One statement in one dialect's words, for rows of one set of columns."""

    def __init__(self, dialect: Dialect, statement: Any, columns: Sequence[str]) -> None:
        written = statement.compile(dialect=dialect, column_keys=list(columns))
        self.sql = str(written)
        self.failures: type[Exception] = dialect.loaded_dbapi.Error
        self._positional = bool(written.positional)
        names = written.positiontup if self._positional else list(written.params)
        self._takes: list[tuple[str, object, Callable[[Any], Any] | None]] = []
        for name in names:
            process = written.binds[name].type.dialect_impl(dialect).bind_processor(dialect)
            fixed = None if name in columns else written.params[name]
            if name not in columns:
                assert fixed is not None, f"{name} is missing"
                fixed = process(fixed) if process else fixed
            self._takes.append((name, fixed, process))
        self._gives = [
            (column.name, column.type.dialect_impl(dialect).result_processor(dialect, None))
            for column in (statement.selected_columns if isinstance(statement, Select) else ())
        ]

    def given(self, values: tuple[Any, ...]) -> dict[str, Any]:
        """The driver's row by its columns' names."""
        return {
            name: process(value) if process else value
            for (name, process), value in zip(self._gives, values, strict=True)
        }

    def values(self, row: Row) -> Sequence[object] | Mapping[str, object]:
        """The row as the driver takes it."""
        if self._positional:
            return [
                fixed if fixed is not None else process(row[name]) if process else row[name]
                for name, fixed, process in self._takes
            ]
        return {
            name: fixed if fixed is not None else process(row[name]) if process else row[name]
            for name, fixed, process in self._takes
        }


_plans: dict[tuple[object, ...], _Plan] = {}


def _plan(c: Connection, statement: Executable, row: Row) -> _Plan:
    key = (c.dialect.name, statement, *row)
    plan = _plans.get(key)
    if plan is None:
        plan = _plans[key] = _Plan(c.dialect, statement, tuple(row))
    return plan


def _cursor(c: Connection) -> Any:
    assert c.in_transaction(), "only a writer's transaction is written to"
    return c.connection.cursor()


def _told(c: Connection, plan: _Plan, values: Any, error: Exception) -> BaseException:
    """The driver's error as SQLAlchemy's, which `db.translated` knows."""
    if c.dialect.is_disconnect(error, c.connection, None):  # type: ignore[arg-type]
        c.invalidate(error)
    return DBAPIError.instance(
        plan.sql, values, error, plan.failures, dialect=c.dialect, hide_parameters=True
    )
