"""Certificates for the platform's host names, and how an SDK is led to the portal."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal import hosts, tls

RECIPES = """
Greenroom as the platform: start the portal with PORTAL_TLS_BIND (docs/sdk.md has each way in full).

The private CA, which may vouch for these names alone:
  {authority}
The certificate of {names}, until {until:%-d %B %Y}:
  {server}

Let the SDK trust it:
  Python   export REQUESTS_CA_BUNDLE={authority} SSL_CERT_FILE={authority}
  Node.js  export NODE_EXTRA_CA_CERTS={authority}
  curl     export SSL_CERT_FILE={authority}

Then lead it here, by one of these:
  1. Host names, by a line in /etc/hosts.
     PORTAL_TLS_BIND=127.0.0.1:443 make run
     127.0.0.1 {in_hosts}
     Another port is reached by whoever can say so:
     curl --cacert {authority} --connect-to ::127.0.0.1:8443 https://{api}/cgi-bin/token
  2. A base URL, if the SDK has one: http://127.0.0.1:8000, without TLS and without the CA.
  3. A proxy, for the SDKs that heed the variable.
     PORTAL_TLS_BIND=127.0.0.1:8443 PORTAL_PROXY_BIND=127.0.0.1:8444 make run
     export https_proxy=http://127.0.0.1:8444
"""


class Command(BaseCommand):
    """`manage.py tls`: make the private CA and the certificate, or find them made; print the recipes."""

    help = "Make a private CA and a certificate for the platform's host names; print how SDKs get here."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether to make the certificate anew."""
        parser.add_argument("--renew", action="store_true", help="a new certificate of the same CA")

    def handle(self, *, renew: bool, **options: Any) -> None:
        """Make what is missing and print where it is."""
        kept = tls.keep(renew=renew)
        told = RECIPES.format(
            authority=kept.authority,
            server=kept.server,
            until=kept.until,
            api=hosts.API,
            names=", ".join(hosts.PLATFORM),
            in_hosts=" ".join(hosts.PLATFORM),
        )
        self.stdout.write(told.strip())
