"""Every address of the portal: the public site, the stages, the console's frame, the simulator, the desk."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from portal import views
from portal.health import healthz
from portal.kernel.http import worldless
from portal.kernel.wire import serve

urlpatterns = [
    path("", include("platforms.urls")),  # a page of it lies below /cgi-bin/
    *serve.urlpatterns(),  # programs ask often: each pattern before it is tried in vain
    path("", views.home, name="home"),
    path("language/", views.set_language, name="set_language"),
    path("healthz", worldless(healthz), name="healthz"),
    path("", include("accounts.urls")),
    path("", include("pushes.urls")),
    path("", include("verification.urls")),
    path("", include("information.urls")),
    path("", include("releases.urls")),
    path("", include("payments.urls")),
    path("", include("associations.urls")),
    path("console/", include("portal.console.urls")),
    path("", include("portal.simulator.urls")),
    path("admin/", admin.site.urls),  # last: it answers every address below it
]

if settings.CONTROL_KEY:
    urlpatterns.append(path("sim/api/v1/", include("portal.simulator.api.urls")))

handler400 = "portal.views.bad_request"
handler404 = "portal.views.not_found"
handler500 = "portal.views.server_error"
