"""What can be done about associations and what they open, one function a sentence of the mission."""
