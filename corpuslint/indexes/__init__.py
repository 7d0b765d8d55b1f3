"""Indexes of a corpus, in a file or in Redis, and what repeats them."""
