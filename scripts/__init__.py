"""What keeps the generated files of this repository current; no part of the package."""
