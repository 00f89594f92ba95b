"""A reader of handwritten digits: preprocessing, model, bucket and results.

Imports without TensorFlow, Flask or a network.
"""
