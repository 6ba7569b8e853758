"""Logs without personal data: a request is named by its route, never by its path or query; an
exception by its kind and its places in the source, since its words may repeat what was typed."""

from __future__ import annotations

import logging
import traceback
from typing import Any

from django.db import InterfaceError, OperationalError


class RouteOnly(logging.Filter):
    """Rewrites Django's "Internal Server Error: /path" so that it names the route's pattern;
    the many "Not Found: /path" say nothing that is worth keeping."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.ERROR:
            return False
        match = getattr(getattr(record, "request", None), "resolver_match", None)
        record.msg, record.args = "error in route %s", (match.route if match else "?",)
        return True


# These speak of files, hosts and connections, not of what anybody typed.
_OF_THE_MACHINE = (OSError, OperationalError, InterfaceError, ImportError, MemoryError)


class WithoutWords(logging.Formatter):
    """Lines whose tracebacks leave the words of exceptions and the lines of source out."""

    def formatException(self, ei: Any) -> str:
        parts = []
        error: BaseException | None = ei[1]
        while error is not None:
            places = traceback.extract_tb(error.__traceback__)
            lines = [f'  File "{one.filename}", line {one.lineno}, in {one.name}' for one in places]
            parts.append("\n".join([*lines, _called(error)]))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(reversed(parts))


def _called(error: BaseException) -> str:
    kind = type(error)
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    return f"{name}: {error}" if isinstance(error, _OF_THE_MACHINE) else name
