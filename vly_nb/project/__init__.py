"""The project: a folder, the one door through which it changes, its versions."""
