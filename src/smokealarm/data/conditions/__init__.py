"""The languages of row conditions: pandas' expressions, SQL, and great_expectations' stored objects."""
