"""One folder per bureau: how it is reached."""
