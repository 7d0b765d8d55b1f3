"""The stages of a check: reading documents, looking at each, comparing them across the corpus."""
