"""What can be done to a Mini Program's information, one function a sentence of the mission."""
