"""Training and test data: load, render, augment and batch images."""
