"""Overall recruitment status, expanded access, and the reason for stopping."""
