"""Things that happen at the same moment. Each race has a control that breaks what the race must keep."""
