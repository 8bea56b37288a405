"""Agreements (*samarbeidsavtale*): that an organisation has one with UDI, from when, until when."""
