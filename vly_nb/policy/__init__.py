"""The policy: rules over the syntax tree, and the gates that judge a change set before it is written."""
