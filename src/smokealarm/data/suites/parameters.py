"""`{"$PARAMETER": "lowest * 2"}`: great_expectations' small language of numbers and dates."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Union

from dateutil import parser as dateutil_parser

from smokealarm.errors import FatalError, Place

MAX_CHARACTERS = 1_000
MAX_BITS = 4_096  # of a power of whole numbers
UNDERSTOOD = (
    "What is understood: the name of a parameter, numbers, +, -, *, /, ^, parentheses, pi, e, sin, cos, "
    "tan, exp, abs, trunc, round, sgn, now(), datetime(2026, 1, 31), timedelta(days=7)."
)
_URN = re.compile(r"urn:great_expectations:[^\s()]+")
Amount = Union[int, float, datetime, timedelta]

SIGNS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sin": math.sin, "cos": math.cos, "tan": math.tan, "exp": math.exp, "abs": abs, "trunc": int,
    "round": round, "now": lambda: datetime.now(timezone.utc).replace(tzinfo=None),
    "datetime": datetime, "timedelta": timedelta,
    "sgn": lambda x: (x > 1e-12) - (x < -1e-12),
}  # fmt: skip


def filled_in(value: Any, parameters: Mapping[str, Any], place: Place) -> Any:
    """The value of an option, with what its parameter stands for. Raises FatalError."""
    if not isinstance(value, dict) or "$PARAMETER" not in value:
        return value
    expression = value["$PARAMETER"]
    given = f"$PARAMETER.{expression}"
    if given in value:  # versions before 1.0 keep a value beside it
        return value[given]
    if not isinstance(expression, str):
        raise FatalError(f"`$PARAMETER` is {expression!r}", UNDERSTOOD, place)
    if expression.strip() in parameters:
        return parameters[expression.strip()]
    if urn := _URN.search(expression):
        raise FatalError(
            f"`$PARAMETER` takes the result of another validation: {_short(urn[0])}",
            "Nothing is kept between runs: give the whole `$PARAMETER` a value, written as it is, under "
            "`parameters:`, or write the number into the suite.",
            place,
        )
    return _plain(_evaluated(expression, parameters, place), expression, place)


def _evaluated(expression: str, parameters: Mapping[str, Any], place: Place) -> Any:
    try:
        if len(expression) > MAX_CHARACTERS:
            raise ValueError(f"it has more than {MAX_CHARACTERS:,} characters")
        tree = ast.parse(re.sub(r"\^", "**", expression.strip()), mode="eval")
        return _amount(tree.body, parameters)
    except _Unknown as unknown:
        names = ", ".join(sorted(map(str, parameters))) or "none"
        raise FatalError(
            f"the parameter `{unknown.name}` has no value",
            f"Give it one: `parameters: {{{unknown.name}: ...}}` under `suite:`. Given: {names}.",
            place,
        ) from None
    except (ArithmeticError, SyntaxError, TypeError, ValueError, RecursionError, MemoryError) as e:
        what = e.msg if isinstance(e, SyntaxError) else str(e)
        shown = _short(expression)
        raise FatalError(f"`$PARAMETER: {shown}`: {what}", UNDERSTOOD, place) from None


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"


class _Unknown(Exception):
    """A name without a value."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _amount(node: ast.expr, parameters: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return node.value
    if isinstance(node, ast.Name):
        return _named(node.id, parameters)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        amount = _amount(node.operand, parameters)
        return -amount if isinstance(node.op, ast.USub) else amount
    if isinstance(node, ast.BinOp):
        left, right = _amount(node.left, parameters), _amount(node.right, parameters)
        if isinstance(node.op, ast.Pow):
            return _power(left, right)
        if type(node.op) in SIGNS:
            return SIGNS[type(node.op)](left, right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _called(node, node.func.id, parameters)
    raise ValueError(f"{ast.unparse(node)[:40]} is not understood")


def _named(name: str, parameters: Mapping[str, Any]) -> Amount:
    if name in parameters:
        return _of_text(str(parameters[name]))
    constant = {"PI": math.pi, "E": math.e}.get(name.upper())
    if constant is None:
        raise _Unknown(name)
    return constant


def _of_text(text: str) -> Amount:
    """A parameter inside of an expression is a number or a date."""
    for read in (int, float, dateutil_parser.parse):
        try:
            return read(text)
        except (ValueError, OverflowError):
            continue
    raise ValueError(f"{text!r} is neither a number nor a date")


def _power(base: Any, exponent: Any) -> Any:
    whole = isinstance(base, int) and isinstance(exponent, int)
    if whole and abs(exponent) * max(1, base.bit_length()) > MAX_BITS:
        raise ValueError("the power is too large")
    return base**exponent


def _called(node: ast.Call, name: str, parameters: Mapping[str, Any]) -> Any:
    if name not in FUNCTIONS:
        raise ValueError(f"{name}() is not known")
    arguments = [_amount(argument, parameters) for argument in node.args]
    keywords = {str(word.arg): _amount(word.value, parameters) for word in node.keywords}
    return FUNCTIONS[name](*arguments, **keywords)


def _plain(amount: Any, expression: str, place: Place) -> int | float | str:
    """What an option can be: a number, or a moment as text."""
    if isinstance(amount, datetime):
        return amount.isoformat()
    if isinstance(amount, (int, float)):
        return amount
    raise FatalError(f"`$PARAMETER: {expression}` is no number and no date", UNDERSTOOD, place)
