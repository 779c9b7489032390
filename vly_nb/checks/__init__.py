"""Checks: programs that judge the whole project, and pure readers of what they print."""
