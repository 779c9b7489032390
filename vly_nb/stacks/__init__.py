"""Stacks: all that is particular to one kind of project."""
