"""Where tables come from: one file per format, each of which makes a view of itself in the engine."""
