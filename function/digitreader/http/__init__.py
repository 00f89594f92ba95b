"""The HTTP layer: requests, responses, access control and limits."""
