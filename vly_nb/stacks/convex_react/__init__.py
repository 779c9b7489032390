"""The stack `convex-react`."""
