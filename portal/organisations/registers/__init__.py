"""The public registers: Enhetsregisteret and Frivillighetsregisteret, asked with care and believed with none."""
