"""Segmentation: a sheet's ink to rows of pieces, each of which may be a digit or part of one."""
