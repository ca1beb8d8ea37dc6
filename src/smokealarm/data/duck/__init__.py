"""The embedded engine: questions in the words of DuckDB."""
