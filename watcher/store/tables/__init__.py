"""The tables as commented SQL, a module for each time they grew."""
