"""The model: a Protocol of one method, what speaks to it, and its doubles."""
