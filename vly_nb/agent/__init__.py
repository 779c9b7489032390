"""The agent: the loop, turns and steps, events, the prompt, the history."""
