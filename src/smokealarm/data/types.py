"""The names of types that users write, as the types that the engine reports."""

from __future__ import annotations

SIGNED = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
UNSIGNED = ("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT")
MOMENTS = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE")
OTHERS = ("FLOAT", "DOUBLE", "DECIMAL", "BOOLEAN", "VARCHAR", "DATE", "TIME", "BLOB", "UUID")
NESTED = ("JSON", "STRUCT", "MAP", "INTERVAL")

OWN = (*SIGNED, *UNSIGNED, *OTHERS, *MOMENTS, *NESTED)

ALIASES = {
    name: frozenset(types)
    for name, types in {
        "int": SIGNED + UNSIGNED,
        "float": ("FLOAT", "DOUBLE"),
        "str": ("VARCHAR",),
        "string": ("VARCHAR",),
        "object": ("VARCHAR",),
        "bool": ("BOOLEAN",),
        "bytes": ("BLOB",),
        "int8": ("TINYINT",),
        "int16": ("SMALLINT",),
        "int32": ("INTEGER",),
        "int64": ("BIGINT",),
        "uint8": ("UTINYINT",),
        "uint16": ("USMALLINT",),
        "uint32": ("UINTEGER",),
        "uint64": ("UBIGINT",),
        "float32": ("FLOAT",),
        "float64": ("DOUBLE",),
        "datetime64": MOMENTS,
        "datetime64[ns]": MOMENTS,
        "date": ("DATE",),
        "Decimal": ("DECIMAL",),
        "dict": ("STRUCT", "MAP"),
    }.items()
}
