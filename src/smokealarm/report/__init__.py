"""Where a result goes: one module per place, each with `render(results, *, width, colour) -> str`.

Reports read only the results document, believe nothing in it, and write only text. The command line
loads them by name, so that a hook never pays for a report that it does not write.
"""
