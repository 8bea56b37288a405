"""Two trees on three levels: UDI with its regions, ATE and sites; civil society with its organisations."""
