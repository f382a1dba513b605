"""Addresses of the simulator: worlds, the clock, and the outside world."""

from django.urls import path

from portal.simulator.outside_urls import urlpatterns as outside
from portal.simulator.views import clock, credentials, desk, faults, internal_test, server_api, worlds

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
    path("worlds/ready-account/", credentials.credentials, name="credentials"),
    path("worlds/faults/", faults.faults, name="faults"),
    path("worlds/faults/<id:fault_id>/lift/", faults.lift, name="fault_lift"),
    path("worlds/faults/pushes/", faults.push_fault, name="push_fault"),
    path("worlds/faults/games-by-api/", faults.games_by_api, name="games_by_api"),
    path("docs/api/", server_api.server_api, name="server_api"),
    path("docs/api/<path:called>", server_api.endpoint, name="server_api_endpoint"),
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
