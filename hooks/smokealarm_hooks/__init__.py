"""The doors: one tiny module per visitor, no logic."""
