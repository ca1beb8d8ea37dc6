"""Files of great_expectations' suites, of both formats, in JSON and YAML."""
