"""Every component on sample pages, to be looked at."""
