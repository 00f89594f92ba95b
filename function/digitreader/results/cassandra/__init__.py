"""The results store on Cassandra."""
