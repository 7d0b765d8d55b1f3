"""What compares documents: keys that are shared, candidates, evidence, exact overlaps, links."""
