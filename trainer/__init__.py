"""The trainer: from labelled digits to a published model."""
