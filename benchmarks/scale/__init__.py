"""The whole registry: 600,000 made studies, and what it costs to watch them."""
