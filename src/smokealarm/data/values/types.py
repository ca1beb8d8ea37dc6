"""The names of types that users and their suites write, as the types that the engine reports.

Names are those of Python, numpy, pandas, SQL, Spark and DuckDB. A column of lists is of type LIST.
"""

from __future__ import annotations

import re

SIGNED = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
UNSIGNED = ("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT")
MOMENTS = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE")
OTHERS = ("FLOAT", "DOUBLE", "DECIMAL", "BOOLEAN", "VARCHAR", "DATE", "TIME", "BLOB", "UUID")
NESTED = ("JSON", "STRUCT", "MAP", "INTERVAL", "LIST")

OWN = (*SIGNED, *UNSIGNED, *OTHERS, *MOMENTS, *NESTED)
OBJECTS = ("VARCHAR", "BLOB", "DATE", "TIME", "DECIMAL", "UUID", *NESTED)

NAMES: dict[tuple[str, ...], str] = {
    # what a name means: the names, apart by blanks, where case does not count
    (*SIGNED, *UNSIGNED): "int long",
    ("FLOAT", "DOUBLE"): "float",
    ("VARCHAR",): "str string text char nvarchar nchar string_types unicode str_ stringdtype "
    "stringtype varchartype chartype",
    OBJECTS: "object object_ o",
    ("BOOLEAN",): "bool bool_ boolean booleandtype booleantype",
    ("BLOB",): "bytes bytes_ binary bytea varbinary binarytype",
    ("TINYINT",): "int8 int8dtype byteint bytetype",
    ("SMALLINT",): "int16 int16dtype int2 shorttype",
    ("INTEGER",): "int32 int32dtype int4 integertype",
    ("BIGINT",): "int64 int64dtype longtype",
    ("UTINYINT",): "uint8 uint8dtype",
    ("USMALLINT",): "uint16 uint16dtype",
    ("UINTEGER",): "uint32 uint32dtype",
    ("UBIGINT",): "uint64 uint64dtype",
    ("FLOAT",): "float32 float32dtype real float4 floattype",
    ("DOUBLE",): "float64 float64dtype double_precision float8 doubletype",
    MOMENTS: "datetime timestamp timestamptype timestamptz timestamp_tz timestamp_ltz "
    "datetimetzdtype",
    MOMENTS[:-1]: "datetime64 timestampntztype timestamp_ntz",  # of no time zone
    ("DATE",): "datetype",
    ("DECIMAL",): "numeric number decimaltype",
    ("STRUCT", "MAP"): "dict",
    ("STRUCT",): "structtype",
    ("MAP",): "maptype",
    ("LIST",): "array arraytype",
    ("INTERVAL",): "timedelta64 timedelta",
}
ALIASES = {name: frozenset(types) for types, names in NAMES.items() for name in names.split()}

# What pandas calls the column's type, for whom the name is exact.
PANDAS = {
    "TINYINT": "int8",
    "SMALLINT": "int16",
    "INTEGER": "int32",
    "BIGINT": "int64",
    "UTINYINT": "uint8",
    "USMALLINT": "uint16",
    "UINTEGER": "uint32",
    "UBIGINT": "uint64",
    "FLOAT": "float32",
    "DOUBLE": "float64",
    "BOOLEAN": "bool",
    "VARCHAR": "str",
    "TIMESTAMP": "datetime64[us]",
    "TIMESTAMP_S": "datetime64[s]",
    "TIMESTAMP_MS": "datetime64[ms]",
    "TIMESTAMP_NS": "datetime64[ns]",
    "TIMESTAMP WITH TIME ZONE": "datetime64[us, UTC]",
}
_EXACT = {"int": "int64", "long": "int64", "float": "float64"}
_MOMENT = re.compile(r"datetime64\[(\w+)(, *[\w/+:-]+)?\]", re.IGNORECASE)


def base(type_: str) -> str:
    """The type without its parameters: DECIMAL of DECIMAL(10,2), LIST of BIGINT[]."""
    return "LIST" if type_.endswith("]") else type_.partition("(")[0]


def meant(name: str) -> frozenset[str]:
    """The types that go by the name, or with it; empty where no type does."""
    upper = name.upper()
    if known := ALIASES.get(name.lower()):
        return known | ({upper} & frozenset(OWN))
    if _MOMENT.fullmatch(name):
        return frozenset(MOMENTS)
    if upper in OWN or base(upper) in OWN:
        return frozenset({upper, upper.replace(" ", "")})
    return frozenset()


def is_one(type_: str, name: str) -> bool:
    """Whether a column of the type goes by the name."""
    return bool({type_, base(type_)} & meant(name))


def is_exactly(type_: str, name: str) -> bool:
    """The same for a name that is of one type, as pandas has it: `int` is int64 and no other."""
    if name in OWN:
        return name in (type_, base(type_))
    if moment := _MOMENT.fullmatch(name):
        return _is_moment(type_, moment[1].lower(), bool(moment[2]))
    if name.lower() in _EXACT:
        return pandas_name(type_) == _EXACT[name.lower()]
    of_several = base(type_) in PANDAS and type_ not in MOMENTS  # object is not str
    return is_one(type_, name) and (len(meant(name)) == 1 or not of_several)


def pandas_name(type_: str) -> str:
    """What pandas makes of a column of the type that has no nulls."""
    return PANDAS.get(type_, "object")


def _is_moment(type_: str, unit: str, zoned: bool) -> bool:
    """DuckDB reads seconds, milliseconds and microseconds of a Parquet file as one type."""
    if zoned != (type_ == "TIMESTAMP WITH TIME ZONE"):
        return False
    return type_ in MOMENTS and (unit == "ns") == (type_ == "TIMESTAMP_NS")
