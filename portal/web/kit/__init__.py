"""What every page is made of: forms, paging, languages, formats, headers, files."""
