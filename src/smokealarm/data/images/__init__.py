"""Images in files: what is told of each, and which are the same picture."""
