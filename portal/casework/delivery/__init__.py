"""How letters (*brev*) reach a party: made available and notified, opened, or printed and posted."""
