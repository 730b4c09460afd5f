"""Benchmarks of meaning: what the comparison says of real pairs against what people said of them."""
