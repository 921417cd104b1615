"""The proxy's site: what Caddy or nginx is told. Pure; the templates are in `deploy/`.

Caddy gets its certificates by itself. For nginx certbot does, which needs a site that answers on
port 80 first: so the half with TLS is written once there is a certificate.
"""

import re
from pathlib import Path
from typing import Final, Literal

import msgspec

from messenger.host.steps import Command, File, Folder, Gone, Link, Packages, Step

Proxy = Literal["caddy", "nginx", "none"]
Tls = Literal["public", "internal"]

NAME: Final = "chat.example.org"
"""Stands for one's own name in the templates, and `UPSTREAM` for where the server listens."""
UPSTREAM: Final = "127.0.0.1:8000"
CADDYFILE: Final = "/etc/caddy/Caddyfile"
CADDY_SITE: Final = "/etc/caddy/messenger.caddy"
KEPT: Final = "/etc/caddy/Caddyfile.before-messenger"
IMPORT: Final = f"import {CADDY_SITE}"
CADDY_CA: Final = "/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt"
"""Made when a site first wants it, before Caddy says that the site is served."""
UNTOUCHED: Final = ":80 { root * /usr/share/caddy file_server }"
"""All that says anything in the Caddyfile that Debian's package brings."""
NGINX_SITE: Final = "/etc/nginx/sites-available/messenger.conf"
NGINX_LINK: Final = "/etc/nginx/sites-enabled/messenger.conf"
WEBROOT: Final = "/var/lib/messenger-acme"
OWN_TLS: Final = "/etc/messenger/tls"
BEGIN: Final = "# BEGIN TLS\n"
END: Final = "# END TLS\n"
HOST: Final = re.compile(
    r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+"
)
"""RFC 1123 §2.1, with at least one dot; an international name in its xn-- form."""


class Site(msgspec.Struct, frozen=True):
    """What is served under which name; `tls` internal: by a certificate of the proxy's own."""

    domain: str
    port: int
    proxy: Proxy
    tls: Tls


def is_name(domain: str) -> bool:
    """Whether something can be the name of a site; an address cannot."""
    return HOST.fullmatch(domain) is not None and not domain.rpartition(".")[2].isdigit()


def fill(template: str, site: Site) -> str:
    """A template with this site's name and port in it."""
    return template.replace(NAME, site.domain).replace(UPSTREAM, f"127.0.0.1:{site.port}")


def caddy(site: Site, deploy: Path, caddyfile: str | None) -> list[Step]:
    """Steps for Caddy, beside whatever other sites its file has."""
    text = fill((deploy / "caddy" / "messenger.caddy").read_text(), site)
    if site.tls == "internal":
        text = text.replace(f"{site.domain} {{\n", f"{site.domain} {{\n\ttls internal\n", 1)
    then = ("caddy",)
    steps: list[Step] = [
        Packages(names=("caddy",)),
        File(path=CADDY_SITE, content=text, then=then),
    ]
    whole = (deploy / "caddy" / "Caddyfile").read_text()
    if caddyfile is None or is_untouched(caddyfile) or caddyfile == whole:
        if caddyfile is not None and caddyfile != whole:
            steps.append(File(path=KEPT, content=caddyfile))
        steps.append(File(path=CADDYFILE, content=whole, then=then))
    elif IMPORT not in caddyfile.splitlines():
        content = f"{caddyfile.rstrip()}\n\n{IMPORT}\n"
        steps.append(File(path=CADDYFILE, content=content, then=then))
    return steps


def is_untouched(caddyfile: str) -> bool:
    """Whether nobody has written into Debian's Caddyfile: its site would take ours' redirects."""
    said = [line.strip() for line in caddyfile.splitlines() if not line.strip().startswith("#")]
    return re.sub(r"\s+", " ", " ".join(said)).strip() in ("", UNTOUCHED)


def without_caddy(caddyfile: str | None, kept: str | None, deploy: Path) -> list[Step]:
    """Steps that take the site out of Caddy again."""
    steps: list[Step] = [Gone(path=CADDY_SITE, then=("caddy",))]
    if caddyfile is None:
        return steps
    if kept is not None and caddyfile == (deploy / "caddy" / "Caddyfile").read_text():
        return [*steps, File(path=CADDYFILE, content=kept, then=("caddy",)), Gone(path=KEPT)]
    rest = [line for line in caddyfile.splitlines() if line != IMPORT]
    return [
        *steps,
        File(path=CADDYFILE, content="\n".join(rest).rstrip() + "\n", then=("caddy",)),
    ]


def nginx(site: Site, deploy: Path, certified: bool) -> list[Step]:
    """Steps for nginx; `certified`: there is a certificate, so that TLS can be written."""
    text = fill((deploy / "nginx" / "messenger.conf").read_text(), site)
    folder = f"/etc/letsencrypt/live/{site.domain}" if site.tls == "public" else OWN_TLS
    text = text.replace("/etc/letsencrypt/live/CERTIFICATE", folder)
    if not certified:
        begin, end = text.index(BEGIN), text.index(END)
        text = text[:begin] + text[end + len(END) :]
    packages = ("nginx", "certbot") if site.tls == "public" else ("nginx", "openssl")
    return [
        Packages(names=packages),
        Folder(path=WEBROOT),
        File(path=NGINX_SITE, content=text, then=("nginx",)),
        Link(path=NGINX_LINK, target=NGINX_SITE, then=("nginx",)),
    ]


def certificate(site: Site) -> Command:
    """How nginx comes to one. certbot renews its own by a timer, and has nginx read it then."""
    words, why = _by_certbot(site.domain), "have certbot get a certificate"
    if site.tls == "internal":
        words, why = _signed_by_itself(site.domain), "make a certificate of its own"
    return Command(words=words, makes=certificate_of(site), why=why)


def _by_certbot(domain: str) -> tuple[str, ...]:
    return (
        "certbot", "certonly", "--non-interactive", "--agree-tos",
        "--register-unsafely-without-email", "--webroot", "--webroot-path", WEBROOT,
        "--domain", domain, "--deploy-hook", "systemctl reload nginx",
    )  # fmt: skip


def _signed_by_itself(domain: str) -> tuple[str, ...]:
    return (
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
        "-nodes", "-days", "3650", "-subj", f"/CN={domain}",
        "-addext", f"subjectAltName=DNS:{domain}",
        "-keyout", f"{OWN_TLS}/privkey.pem", "-out", f"{OWN_TLS}/fullchain.pem",
    )  # fmt: skip


def certificate_of(site: Site) -> str:
    folder = f"/etc/letsencrypt/live/{site.domain}" if site.tls == "public" else OWN_TLS
    return f"{folder}/fullchain.pem"


def ca_of(site: Site) -> str:
    """Where the certificate lies that vouches for an internal one: nginx's is signed by itself."""
    return CADDY_CA if site.proxy == "caddy" else certificate_of(site)


def without_nginx() -> list[Step]:
    """Steps that take the site out of nginx again; certificates stay."""
    return [Gone(path=NGINX_LINK, then=("nginx",)), Gone(path=NGINX_SITE, then=("nginx",))]
