"""The network side of the registry: its client, and the rehearsal registry."""
