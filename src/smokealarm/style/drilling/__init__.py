"""What the drill of this stage plants, where, and how it knows what was planted."""
