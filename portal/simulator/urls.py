"""Addresses of the simulator: worlds, the clock, and the outside world."""

from django.urls import path

from portal.simulator.outside_urls import urlpatterns as outside
from portal.simulator.views import clock, desk, internal_test, worlds

app_name = "simulator"
urlpatterns = [
    path("worlds/", worlds.worlds, name="worlds"),
    path("worlds/all/", worlds.all_worlds, name="worlds_all"),
    path("worlds/create/", worlds.create, name="create_world"),
    path("worlds/rename/", worlds.rename, name="rename_world"),
    path("worlds/reset/", worlds.reset, name="reset_world"),
    path("worlds/delete/", worlds.delete, name="delete_world"),
    path("worlds/prepared/", worlds.prepare, name="prepared"),
    path("worlds/act-as/", worlds.act_as, name="act_as"),
    path("worlds/policy/", desk.policy, name="policy"),
    path("worlds/internal-test/", internal_test.internal_test, name="internal_test"),
    path("w/<str:token>/", worlds.enter, name="enter"),
    path("admin/enter/", desk.enter, name="desk"),  # below /admin/: the desk's session lives there
    path("clock/", clock.clock, name="clock"),
    path("clock/advance/", clock.advance, name="advance"),
    path("clock/next/", clock.to_next, name="next"),
    path("clock/freeze/", clock.freeze, name="freeze"),
    path("clock/run/", clock.run, name="run"),
    path("clock/continue/", clock.go_on, name="continue"),
    *outside,
]
