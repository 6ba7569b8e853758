"""Views of a list that people keep under a name, for themselves or for their room."""
