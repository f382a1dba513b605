"""Queries whose SQL is made once, for what every page asks.

Django compiles a query anew each time it runs. For a row by its key, joined to four others, that
takes ten times as long as the database does (docs: bench/README.md).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.query import ModelIterable

M = TypeVar("M", bound=models.Model)


class Parameter(models.Expression):
    """Stands in a compiled query where a value will be, of the type that the column stores."""

    def __init__(self) -> None:
        super().__init__()
        self.mark = object()  # queries copy what they are built from; the mark stays the same

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return one placeholder, with the mark for its value."""
        return "%s", [self.mark]


class Compiled(Generic[M]):
    """A query of model instances, compiled once in each thread (a compiler holds its connection).

    `build` gets as many parameters as it takes and returns the query.
    """

    def __init__(self, build: Callable[..., models.QuerySet[M]], parameters: int = 1) -> None:
        self._build = build
        self._parameters = parameters
        self._thread = threading.local()

    def fetch(self, *values: int | str) -> list[M]:
        """Return the rows for these values, in the order of the parameters."""
        if not hasattr(self._thread, "query"):
            self._thread.query = _Query(self._build, self._parameters)
        query: _Query[M] = self._thread.query
        return query.fetch(values)

    def first(self, *values: int | str) -> M | None:
        """Return the first row for these values, or None."""
        rows = self.fetch(*values)
        return rows[0] if rows else None


class _Query(Generic[M]):
    """One thread's query: its compiler answers with the SQL and converters that it made at first."""

    def __init__(self, build: Callable[..., models.QuerySet[M]], parameters: int) -> None:
        stand_ins = [Parameter() for _each in range(parameters)]
        self.queryset = build(*stand_ins)
        compiler: Any = self.queryset.query.get_compiler(connection=connection)
        sql, values = compiler.as_sql()
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
        query: Any = self.queryset.query
        query.get_compiler = lambda *args, **kwargs: compiler
        self.filled: list[Any] = list(values)
        compiler.get_converters = lambda columns: converters
        compiler.as_sql = lambda *args, **kwargs: (sql, self.filled)
        marks = [each.mark for each in stand_ins]
        self.places = [(n, marks.index(value)) for n, value in enumerate(values) if value in marks]

    def fetch(self, values: Sequence[int | str]) -> list[M]:
        for n, parameter in self.places:
            self.filled[n] = values[parameter]
        return list(ModelIterable(self.queryset))
