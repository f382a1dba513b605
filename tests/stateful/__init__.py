"""State machines walked at random beside a reference model that shares no code with them."""
