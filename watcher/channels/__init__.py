"""The destinations: what leaves the house leaves here. Channels never import each other."""
