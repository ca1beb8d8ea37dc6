"""Which checks are asked for when nobody chose, and which of them are cheap. Free of torch."""

from __future__ import annotations

OPT_IN: frozenset[str] = frozenset()  # they cost more than the fit, or ask for what not all promise
