"""A linter for text corpora.

The package's parts and the order in which they may import each other are drawn in ``docs/architecture.md``.
"""
