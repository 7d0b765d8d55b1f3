"""The page-furniture model: what a line looks like and what stands around it, as numbers, and their weights."""
