"""The network, its quantisation and its export as a LiteRT artifact."""
