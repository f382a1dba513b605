"""Stub."""
def virtual_payment(request, **kw):
    raise NotImplementedError
