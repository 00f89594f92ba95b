"""Preprocessing: pictures and arrays to MNIST's 28 × 28, for training and serving alike."""
