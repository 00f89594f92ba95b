"""Forms in which people and programs send a digit, made up: only for evaluation."""
