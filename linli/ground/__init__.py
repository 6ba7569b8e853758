"""Floor 0: clock, ids, rules, codes, words and keys. No models; knows nothing of the house."""
