"""Registration: from the number to the decision, for the person and for staff."""
