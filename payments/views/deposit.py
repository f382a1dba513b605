"""Stub."""
def deposit(request, **kw):
    raise NotImplementedError
def again(request, **kw):
    raise NotImplementedError
