"""Demo data: invented people, places and cases, so that the portal can be tried and looked at."""
