"""Following the register: each night, what has changed about the organisations that are here."""
