"""The checks of the stage, one file each. They know the fit and its facts, and nothing of torch."""
