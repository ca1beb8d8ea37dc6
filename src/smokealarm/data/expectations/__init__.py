"""The expectations of great_expectations, each in a file of its name."""
