"""The training loop with its schedule, optimizer step and checkpoint."""
