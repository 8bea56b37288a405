"""Ending the cooperation with an organisation (*avsluttet samarbeid*): notice, answer, decision, lifting."""
