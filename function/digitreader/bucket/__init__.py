"""The storage bucket: an interface, its Google Cloud implementation and a double in memory."""
