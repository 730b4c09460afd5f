"""Which of the things that are left over on both sides belong together."""
