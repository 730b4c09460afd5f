"""What programs read: the objects of `--json`, under `/api`, with a description that is made from the same table."""
