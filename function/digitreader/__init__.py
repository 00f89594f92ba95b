"""Reads handwritten digits: preprocessing, model runtime, artifact format, bucket and results.

Imports without TensorFlow, Flask or a network.
"""
