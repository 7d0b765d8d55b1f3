"""Fixes: which ones are applied, how much they may take, and what they make of the documents of a run."""
