"""A whole little plugin: pages, tables, jobs, rights, texts."""
