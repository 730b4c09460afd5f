"""Words, numbers and units of registry texts: how they are compared, and how they are shown."""
