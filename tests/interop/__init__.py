"""Against providers nobody here wrote."""
