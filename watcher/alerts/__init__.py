"""Pure: who hears what, when, and in which words."""
