"""Papers an organisation hands in once and uses often: statutes, annual reports, accounts."""
