"""What is on disk: the ledger, the library folder and its index. Domain, sqlite3 and pillow."""
