"""Requests become queries: all that have one row as their answer share one, the others have one each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Union

import ibis.expr.types as ir
from ibis.common.annotations import ValidationError
from ibis.common.exceptions import IbisError

from smokealarm.data.remote import failures
from smokealarm.data.remote.failures import Declined
from smokealarm.data.remote.relation import Relation
from smokealarm.data.remote.requests import AtRanks, OfGroups, Request, Scalar, Values, grouped
from smokealarm.errors import Inconclusive

MOST_NUMBERS = 400  # in one row: PostgreSQL takes 1,664 columns, others fewer
MOST_JOINED = 12

OneRow = Union[Scalar, OfGroups, AtRanks]
Found = dict[object, Any]


def fetched(relation: Relation, requests: Sequence[Request]) -> Found:
    """What came of each request by its key, or the Inconclusive that says why nothing came."""
    once = list({request.key: request for request in requests}.values())
    found: Found = {}
    for some in _bundles([one for one in once if not isinstance(one, Values)]):
        found |= _together(relation, some)
    for request in once:
        if isinstance(request, Values):
            found[request.key] = _values(relation, request)
    return found


def _bundles(requests: Sequence[OneRow]) -> Iterator[Sequence[OneRow]]:
    """Numbers and groups in queries of a size that engines plan quickly."""
    numbers = [request for request in requests if isinstance(request, Scalar)]
    others = [request for request in requests if not isinstance(request, Scalar)]
    while numbers or others:
        yield [*numbers[:MOST_NUMBERS], *others[:MOST_JOINED]]
        numbers, others = numbers[MOST_NUMBERS:], others[MOST_JOINED:]


def _together(relation: Relation, requests: Sequence[OneRow]) -> Found:
    """One query; where the engine declines it, its halves, so that one bad column is alone with it."""
    try:
        return dict(_one_row(relation, requests))
    except Declined as doubt:
        if len(requests) == 1:
            return {requests[0].key: doubt}
        half = len(requests) // 2
        return _together(relation, requests[:half]) | _together(relation, requests[half:])
    except (
        Inconclusive
    ) as doubt:  # too slow, or the connection is gone: the halves would be as well
        return {request.key: doubt for request in requests}


def _one_row(relation: Relation, requests: Sequence[OneRow]) -> Iterator[tuple[object, Any]]:
    numbers = [request for request in requests if isinstance(request, Scalar)]
    others = [request for request in requests if not isinstance(request, Scalar)]
    try:
        parts: list[ir.Table] = [one.columns(relation, f"g{at}_") for at, one in enumerate(others)]
        if numbers:
            named = {f"a{at}": request.expression for at, request in enumerate(numbers)}
            parts.insert(0, relation.table.aggregate(**named))
        whole = parts[0]
        for part in parts[1:]:
            whole = whole.cross_join(part)
        names = list(whole.columns)
        [row] = relation.engine.rows(whole)
    except (IbisError, ValidationError) as error:
        raise failures.not_spoken(relation.engine.name, str(error)) from None
    told = dict(zip(names, row))
    for at, number in enumerate(numbers):
        yield number.key, told[f"a{at}"]
    for at, other in enumerate(others):
        yield other.key, other.answer([told[n] for n in names if n.startswith(f"g{at}_")])


def _values(relation: Relation, request: Values) -> Any:
    most = relation.most_values
    try:
        groups = grouped(relation, request.names, request.rows).limit(most + 1)
        found = relation.engine.rows(groups)
    except (IbisError, ValidationError) as error:
        return failures.not_spoken(relation.engine.name, str(error))
    except Inconclusive as doubt:
        return doubt
    return found if len(found) <= most else failures.too_many_values(request.names, most)
