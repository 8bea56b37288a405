"""The web: the kit every page is made of, and the shell around every page."""
