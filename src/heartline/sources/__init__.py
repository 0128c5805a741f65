"""Files in: one reader a file, raw columns with line numbers, then rows in a table's shape."""
