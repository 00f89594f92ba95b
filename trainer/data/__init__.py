"""Labelled digits and images that are not digits: load, render, augment and batch them."""
