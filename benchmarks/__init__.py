"""Benchmarks: what the product does with a real month of records, measured and not asserted."""
