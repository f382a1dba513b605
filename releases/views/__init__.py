"""The pages of this stage, each for the person that is signed in."""
