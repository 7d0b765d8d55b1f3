"""What is known already: the baseline's file, its comparison with a run, what a git revision had."""
