"""Sign-in, roles and policy: who is asking and what they may see (floor 2, above org)."""
