"""Charts: SVG made here, from values to mark-up, with a text for whoever does not see it. Colours are in page.css."""
