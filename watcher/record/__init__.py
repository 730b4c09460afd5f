"""Pure: reads a registry record."""
