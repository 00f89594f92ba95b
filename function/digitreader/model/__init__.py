"""The model: artifact format, LiteRT network, and the reader that loads the live version."""
