"""What becomes true because days pass."""
