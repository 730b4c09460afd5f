"""The phase; every other field of the design is a row of table/design.py alone."""
