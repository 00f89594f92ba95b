"""The model: its artifact format, the LiteRT network and the reader of the live version."""
