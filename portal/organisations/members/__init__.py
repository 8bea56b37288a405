"""Members: who may act for an organisation, who is invited, who asks to be let in."""
