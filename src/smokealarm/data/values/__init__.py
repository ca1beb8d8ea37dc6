"""What a value is to more than one check: its type, its moment, its encoding, who can read it."""
