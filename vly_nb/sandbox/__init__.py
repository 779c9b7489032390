"""What a program may reach, and what holds it to that; `sandbox.py` has the nouns."""
