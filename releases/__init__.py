"""Stage 3: developed version, verifying version, released version."""
