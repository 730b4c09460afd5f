"""What the study says of itself."""
