"""Preprocessing to MNIST's 28 × 28, shared by training and serving."""
