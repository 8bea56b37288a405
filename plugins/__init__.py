"""The modules UDI runs on top of the core portal; each imports `portal.pluginkit` and nothing else of it."""
