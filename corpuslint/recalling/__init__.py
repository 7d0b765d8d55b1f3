"""What a run need not do again: results of earlier runs, stored and recalled."""
