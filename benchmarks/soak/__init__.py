"""The soak: the daemon through a month in which everything around it fails at random, and it is killed at random."""
