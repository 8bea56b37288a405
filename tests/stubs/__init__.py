"""Stand-ins for the outside world: identity provider, registers and mail. Never used in production."""
