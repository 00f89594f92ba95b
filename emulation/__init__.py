"""The whole system on one machine, of real parts: bucket, Cassandra, function and page."""
