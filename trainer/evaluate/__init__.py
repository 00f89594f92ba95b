"""Scores of a trained model, the report and model card of them, and drift in production."""
