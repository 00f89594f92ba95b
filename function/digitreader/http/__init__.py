"""The HTTP layer: parsing of requests, rendering of responses, access control and limits."""
