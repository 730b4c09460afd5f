"""The long texts: brief summary and detailed description."""
