"""Arrays in files, read block by block: never more in memory than a few megabytes."""
