"""Evaluation of a trained model: scores, report, model card, drift."""
