"""Queries whose SQL is made once, for what every page asks.

Django compiles a query anew each time it runs. For a row by its key, joined to four others, that
takes ten times as long as the database does (docs: bench/README.md).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from django.db import connection, models

R = TypeVar("R")


class Parameter(models.Expression):
    """Stands in a compiled query where a value will be, of the type that the column stores."""

    def __init__(self) -> None:
        super().__init__()
        self.mark = object()  # queries copy what they are built from; the mark stays the same

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return one placeholder, with the mark for its value."""
        return "%s", [self.mark]


class Compiled(Generic[R]):
    """A query, compiled once in each thread (a compiler holds its connection).

    `build` gets as many parameters as it takes and returns the query, of model instances or of values.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Any, R]], parameters: int = 1) -> None:
        self._build = build
        self._parameters = parameters
        self._thread = threading.local()

    def fetch(self, *values: int | str) -> list[R]:
        """Return the rows for these values, in the order of the parameters."""
        if not hasattr(self._thread, "query"):
            self._thread.query = _Query(self._build, self._parameters)
        query: _Query[R] = self._thread.query
        return query.fetch(values)

    def first(self, *values: int | str) -> R | None:
        """Return the first row for these values, or None."""
        rows = self.fetch(*values)
        return rows[0] if rows else None


class _Query(Generic[R]):
    """One thread's query: its compiler answers with the SQL and converters that it made at first."""

    def __init__(self, build: Callable[..., models.QuerySet[Any, R]], parameters: int) -> None:
        stand_ins = [Parameter() for _each in range(parameters)]
        queryset = build(*stand_ins)
        compiler: Any = queryset.query.get_compiler(connection=connection)
        sql, values = compiler.as_sql()
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
        # What makes instances or values of the rows, without the cache that the query itself keeps.
        rows: Any = queryset._iterable_class
        self.rows: Iterable[R] = rows(queryset)
        query: Any = queryset.query
        query.get_compiler = lambda *args, **kwargs: compiler
        self.filled: list[Any] = list(values)
        compiler.get_converters = lambda columns: converters
        compiler.as_sql = lambda *args, **kwargs: (sql, self.filled)
        marks = [each.mark for each in stand_ins]
        self.places = [(n, marks.index(value)) for n, value in enumerate(values) if value in marks]

    def fetch(self, values: Sequence[int | str]) -> list[R]:
        for n, parameter in self.places:
            self.filled[n] = values[parameter]
        return list(self.rows)
