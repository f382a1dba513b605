"""Stub."""
def agreement(request, **kw):
    raise NotImplementedError
def sign(request, **kw):
    raise NotImplementedError
