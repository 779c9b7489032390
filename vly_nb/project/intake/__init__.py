"""Intake: projects from elsewhere, under limits."""
