"""The whole system on one machine: bucket, Cassandra, function and page."""
