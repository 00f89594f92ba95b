"""Generated pictures of the kinds that clients send, only for evaluation."""
