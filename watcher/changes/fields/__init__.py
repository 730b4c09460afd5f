"""Fields that are read by themselves, and lists whose members tell themselves apart."""
