"""Stage 2: who the entity is and how it proves it. *Verification* here is never the code's."""
