"""Conditions as `DataFrame.query` takes them, and great_expectations' `col("x") > 5`. Never evaluated."""

from __future__ import annotations

import ast
import math
import warnings
from collections.abc import Iterator

from smokealarm.data.conditions.masking import Masked, masked
from smokealarm.data.conditions.trouble import MAX_DEPTH, not_understood, refuse_size
from smokealarm.data.conditions.where import (
    Absent,
    Among,
    Compared,
    Condition,
    Every,
    Literally,
    Not,
    Of,
    Operand,
    Sign,
    Some,
)
from smokealarm.errors import FatalError

UNDERSTOOD = (
    'age > 5, 0 < age <= 9, age in [1, 2], age not in [1], `my column` == "a", age > other_column, '
    'flag, age.isnull(), age.notnull(), age.between(1, 5), age.isin([1]), col("age") > 5, '
    'date("2026-01-31"), and, or, not, &, |, ~, and parentheses.'
)
SIGNS: dict[type[ast.cmpop], Sign] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip
TURNED: dict[Sign, Sign] = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
ABSENT = ("isnull", "isna", "is_null")
PRESENT = ("notnull", "notna", "is_not_null")
MOMENTS = ("date", "Timestamp", "to_datetime")


def parsed(text: str) -> Condition:
    """The condition. Raises FatalError with the place that is not understood."""
    refuse_size(text, UNDERSTOOD)
    rewritten = masked(text.strip())
    return _Reader(text.strip(), rewritten).condition(_tree(text.strip(), rewritten), 0)


def _tree(source: str, rewritten: Masked) -> ast.expr:
    if (at := rewritten.text.find("\0")) >= 0:
        why = "a comment or a control character has no place here"
        raise not_understood(source, rewritten.origin(at), why, UNDERSTOOD)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes that mean nothing
            return ast.parse(rewritten.text, mode="eval").body
    except SyntaxError as error:
        at = rewritten.origin(max(0, (error.offset or 1) - 1))
        raise not_understood(source, at, error.msg, UNDERSTOOD) from None
    except (ValueError, MemoryError, RecursionError):
        raise not_understood(source, 0, "it is nested too deep", UNDERSTOOD) from None


class _Reader:
    """Turns Python's tree into a condition, and remembers where each part was written."""

    def __init__(self, source: str, rewritten: Masked) -> None:
        self.source = source
        self.rewritten = rewritten
        self.encoded = rewritten.text.encode()  # Python counts its columns in bytes

    def condition(self, node: ast.expr, depth: int) -> Condition:
        if depth > MAX_DEPTH:
            raise self._wrong(node, f"it is nested more than {MAX_DEPTH} levels deep")
        if isinstance(node, ast.BoolOp):
            parts = tuple(self.condition(part, depth + 1) for part in node.values)
            return Every(parts) if isinstance(node.op, ast.And) else Some(parts)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.Invert)):
            return Not(self.condition(node.operand, depth + 1))
        if isinstance(node, ast.Compare):
            pairs = tuple(self._pairs(node))
            return pairs[0] if len(pairs) == 1 else Every(pairs)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            return self._method(node, node.func)
        named = self._operand(node)
        if isinstance(named, Of):
            return Compared(named.column, "==", True)
        raise self._wrong(node, "a value is no condition")

    def _pairs(self, node: ast.Compare) -> Iterator[Condition]:
        """A chain such as 0 < x < 9 is a comparison of each with its neighbour."""
        for left, op, right in zip([node.left, *node.comparators], node.ops, node.comparators):
            listed = isinstance(right, (ast.List, ast.Tuple, ast.Set))
            if listed and isinstance(op, (ast.In, ast.NotIn, ast.Eq, ast.NotEq)):
                negated = isinstance(op, (ast.NotIn, ast.NotEq))
                yield Among(self._column(left), self._literals(right), negated)
            elif type(op) in SIGNS:
                yield self._compared(left, SIGNS[type(op)], right)
            else:
                raise self._wrong(right, "`in` needs a list, as in x in [1, 2]")

    def _compared(self, left: ast.expr, sign: Sign, right: ast.expr) -> Condition:
        one, other = self._operand(left), self._operand(right)
        if isinstance(one, Of):
            return Compared(one.column, sign, other)
        if isinstance(other, Of):
            return Compared(other.column, TURNED[sign], one)
        raise self._wrong(left, "neither side of this comparison is a column")

    def _method(self, node: ast.Call, called: ast.Attribute) -> Condition:
        name, column = called.attr, self._column(called.value)
        if node.keywords:
            raise self._wrong(node, f".{name}() takes no keywords here")
        if name.lower() in ABSENT + PRESENT and not node.args:
            return Absent(column, name.lower() in PRESENT)
        if name in ("isin", "is_in", "is_not_in") and len(node.args) == 1:
            return Among(column, self._literals(node.args[0]), name == "is_not_in")
        if name == "between" and len(node.args) == 2:
            low, high = (self._operand(bound) for bound in node.args)
            return Every((Compared(column, ">=", low), Compared(column, "<=", high)))
        raise self._wrong(called, f".{name}() with {len(node.args)} arguments is not known")

    def _column(self, node: ast.expr) -> str:
        found = self._operand(node)
        if isinstance(found, Of):
            return found.column
        raise self._wrong(node, "the name of a column belongs here")

    def _operand(self, node: ast.expr) -> Operand:
        if isinstance(node, ast.Name):
            return math.inf if node.id == "inf" else Of(self.rewritten.names.get(node.id, node.id))
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, int, float)):
            return node.value
        if isinstance(node, ast.Constant) and node.value is None:
            raise self._wrong(node, "nothing equals None: write .isnull() or .notnull()")
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
            number = self._operand(node.operand)
            if isinstance(number, (int, float)):
                return -number if isinstance(node.op, ast.USub) else number
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self._wrapped(node, node.func.id)
        raise self._wrong(node, "this is neither a column nor a value")

    def _wrapped(self, node: ast.Call, name: str) -> Operand:
        """A column or a moment whose name or text stands in parentheses."""
        (text,) = [self._operand(one) for one in node.args] if len(node.args) == 1 else [0]
        if isinstance(text, str) and not node.keywords:
            if name in ("col", "Column"):
                return Of(text)
            if name in MOMENTS:
                return text
        raise self._wrong(node, f"{name}() is not known with these arguments")

    def _literals(self, node: ast.expr) -> tuple[Literally, ...]:
        if not isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            raise self._wrong(node, "a list belongs here, as in [1, 2]")
        return tuple(self._literal(each) for each in node.elts)

    def _literal(self, node: ast.expr) -> Literally:
        found = self._operand(node)
        if isinstance(found, Of):
            raise self._wrong(node, "a list holds values, not columns")
        return found

    def _wrong(self, node: ast.expr, why: str) -> FatalError:
        at = len(self.encoded[: node.col_offset].decode(errors="ignore"))
        return not_understood(self.source, self.rewritten.origin(at), why, UNDERSTOOD)
