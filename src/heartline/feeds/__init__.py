"""What is read again and again: queries of databases by a cursor, folders by the content of their files."""
