"""Small plugins that the tests install, each a package with an entry point of its own."""
