"""Pages of everything that is NOT the console: worlds, clock, mailbox, phone, bank, directory."""
