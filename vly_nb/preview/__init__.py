"""The running app: its dev server, its errors, its pictures; `preview.py` is where to start."""
