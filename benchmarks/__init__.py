"""Measurements, apart from the tests: machines differ and are shared, so figures are ratios of one run."""
