"""Synthetic sheets of numbers: composed, labelled and scored. Only for evaluation."""
