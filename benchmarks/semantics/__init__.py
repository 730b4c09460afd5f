"""What the engine says of real records: gold labels, the story, site cases, noise, single edits, speed."""
