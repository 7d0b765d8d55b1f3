"""What changes files: patches of their bytes, journaled before they are made, and undone as a whole."""
