"""The model: artifact format, LiteRT network and reader of the live version."""
