"""The frame of every use case: one transaction, retried whole when the database asks for it."""

from __future__ import annotations

import inspect
import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, transaction

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 5
RETRYABLE = {"40001", "40P01"}  # serialization failure, deadlock


def transactional(function: Callable[P, R]) -> Callable[P, R]:
    """Run `function` in one transaction, repeated as a whole on deadlock when outermost."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        outermost = not transaction.get_connection().in_atomic_block
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except OperationalError as error:
                state = getattr(error.__cause__, "sqlstate", None)
                if not outermost or attempt == ATTEMPTS or state not in RETRYABLE:
                    raise
                time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 -- jitter, no secret
        raise AssertionError("unreachable")

    return run


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Make `function` a use case: transactional, and with a required keyword `by`.

    The order inside is lock -> require -> transition -> save -> deadlines and outbox. An action
    without an actor cannot be written.
    """
    parameter = inspect.signature(function).parameters.get("by")
    if (
        parameter is None
        or parameter.kind is not inspect.Parameter.KEYWORD_ONLY
        or parameter.default is not inspect.Parameter.empty
    ):
        raise TypeError(f"{function.__qualname__} needs a required keyword argument 'by'")
    return transactional(function)
