"""Where tables come from: one module per format, which makes a view of itself in the engine.

To add a format, write one row in `formats.py` and one module beside this file. The row says how the
format is recognised: by the endings of its files, or by files that mark a folder. The module has

    def inspect(source: Source) -> None
        A cheap look, before anything is read. `looking.look(source, part)` does what is the same
        for all (no folder, no pipe, readable, not empty, fetched) and returns the first and last
        bytes. Raises Unreadable, an alarm, where a file is not what its name promises, and
        Inconclusive where it is not there to be judged, as a Git LFS pointer.

    def view(connection, source: Source, wanted: Collection[str], name: str) -> View
        The table as a view or temporary table of the engine called `name`, whose columns are c0,
        c1, …; `wanted` are the columns that are asked about: a table that is copied into the engine
        copies no others. Raises Unreadable, too; an error of the engine about the file becomes one.
        `streaming.loaded` copies record batches of pyarrow into the engine, and so does the rest.

It is loaded by `opening.module` when a table needs it, so it may import its library at the top.
`Source.parts` are the files in a stable order, whether a name, a folder or a glob was written;
`Source.inner` is what follows `::`, a table or an array in the file, for formats that have `within`.
`View.starts` says at which row of the table each part begins; from there on, a row is found by itself.
"""
