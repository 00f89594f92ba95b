"""Generated pictures in the forms that people and programs send, only for evaluation."""
