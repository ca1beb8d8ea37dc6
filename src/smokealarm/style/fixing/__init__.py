"""What `--fix` does: the tools' own mends, written where that loses nobody's work."""
