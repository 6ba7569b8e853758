"""The API: the same acts, reading and search as the desk, for programs."""
