"""The composition root: settings, addresses, processes. Its packages are the kernel and what surrounds it."""
