"""Where an app's data and functions are: the stand-in, or a deployment."""
