"""Stub."""
def wechat_pay(request, **kw):
    raise NotImplementedError
def open_application(request, **kw):
    raise NotImplementedError
def fill_in(request, **kw):
    raise NotImplementedError
def submit(request, **kw):
    raise NotImplementedError
def contact(request, **kw):
    raise NotImplementedError
def document(request, **kw):
    raise NotImplementedError
def specimen(request, **kw):
    raise NotImplementedError
