"""The public registers: Enhetsregisteret and Frivillighetsregisteret, asked with care, checked."""
