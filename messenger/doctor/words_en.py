"""What `doctor` says in English: name, when it is well, when it is not, and what to do then."""

# ruff: noqa: E501, ISC004 - sentences, whole where they can be
from typing import Final

NTP: Final = "let both machines keep their time by NTP"
Sentences = tuple[str, ...]

EN: Final[dict[str, Sentences]] = {
    # Settings
    "setting": ("setting", "", "{why}", "write it as the sentence says, and start the server again"),
    "setting_misspelt": (
        "setting", "", "{given} is not a setting", "write {meant} in place of {given}",
    ),
    # The machine
    "data_dir": (
        "DATA_DIR", "{path}", "this account may not write to {path}", "give it to this account ({me})",
    ),
    "permissions": (
        "permissions", "{path} has mode {mode}", "{path} has mode {mode}: others may get at it",
        "take the others' rights away",
    ),
    "disk": (
        "disk space", "{free} GiB free", "{free} GiB free where {path} is",
        "free some room there: at least {least} GiB",
    ),
    "inodes": (
        "inodes", "{free} free", "{free} inodes free where {path} is",
        "remove small files there until {least} are free, or make the file system anew with more",
    ),
    "memory": (
        "memory", "{free} MiB available", "{free} MiB available",
        "end what else runs here, or give the machine more: {least} MiB are the least",
    ),
    "open_files": (
        "open files", "{most} at once", "the server may have {most} open: so many connections",
        "start it with more: LimitNOFILE={least} in the unit, `ulimit -n {least}` in a shell",
    ),
    "somaxconn": (
        "somaxconn", "{value}", "{value}: when all come back at once, some are turned away",
        "let {least} wait, and write it into /etc/sysctl.d to keep it",
    ),
    "keepalive": (
        "TCP keepalive", "", "after {value} s: a firewall may forget the database's connections first",
        "ask after {most} s, and write it into /etc/sysctl.d to keep it",
    ),
    "clock": (
        "clock", "kept by NTP", "nobody keeps this machine's time", "let systemd keep it by NTP",
    ),
    # The database
    "database_none": ("database", "not made yet; the first start makes it"),
    "database": ("database", "PostgreSQL {version} answers"),
    "database_old": (
        "database", "", "PostgreSQL {version} is too old", "upgrade PostgreSQL to 14 or newer",
    ),
    "database_away": (
        "database", "", "does not answer: {why}", "start it, or mend DATABASE_URL",
    ),
    "postgres": (
        "database", "", "the embedded PostgreSQL does not start: {why}",
        "mend what it says, and start the server again",
    ),
    "database_clock": (
        "database's clock", "{drift} s from ours", "{drift} s from ours", NTP,
    ),
    "durable": ("durability", "what is acknowledged is on the disk"),
    "not_durable": (
        "durability", "", "{name} is off: a crash loses what was acknowledged", "switch it on",
    ),
    "wal_level": (
        "wal_level", "", "minimal: no copy of the log can be kept",
        "set it to replica, and start PostgreSQL again",
    ),
    "connections": (
        "connections", "{taken} of {most} taken", "PostgreSQL allows {most}, fewer than {least}",
        "allow more, and start PostgreSQL again",
    ),
    "createdb": (
        "proof of backups", "", "{role} may not make a database: no backup can be proven",
        "give it the right",
    ),
    "migrations": ("migrations", "{count} applied"),
    "migration_pending": (
        "migration", "", "{id} is pending", "start the server again, or migrate while none runs",
    ),
    "migration_changed": (
        "migration", "", "{id} was edited after it was applied",
        "put its file in migrations/ back as it was released",
    ),
    "migration_unknown": (
        "migration", "", "{id} is of a newer version than this one",
        "install that version again, or go back as docs/operations.md says",
    ),
    "schema": ("schema", "as this version expects it", "{difference}",
               "restore a backup, or undo the change by hand"),
    "job": ("job", "", "{job} came to no good end: {why}",
            "see why, mend that, and run it again or wait for its next turn"),
    # From outside in
    "server": ("server", "{version} answers at {address}"),
    "server_away": (
        "server", "", "does not answer at {address}: {why}",
        "start it (`systemctl start messenger`), or mend HOST and PORT",
    ),
    "server_other": (
        "server", "", "something else answers at {address}, or it has another SECRET_KEY",
        "end what listens there, or set the PORT and DATA_DIR of this installation",
    ),
    "version": (
        "version", "{version}, schema {schema}",
        "the server that runs is {version} {schema}, and {ours} is installed", "start it again",
    ),
    "address": ("address", "{base} answers"),
    "no_tls": (
        "TLS", "", "{base} is not https: no push, no offline, and everybody on the way reads along",
        "put a proxy with TLS before the server, and set BASE_URL to the https address",
    ),
    "dns": (
        "name", "", "{host} has no address", "enter {host} in the DNS, or mend BASE_URL",
    ),
    "unreachable": (
        "address", "", "{base} cannot be reached from here: {why}",
        "start the proxy, and let its port through the firewall; or mend BASE_URL",
    ),
    "certificate": (
        "certificate", "of {host}, for {days} days more", "that of {host} ends in {days} days",
        "have the proxy renew it (Caddy does by itself while ports 80 and 443 are open outside)",
    ),
    "certificate_expired": (
        "certificate", "", "that of {host} has ended",
        "have the proxy renew it (Caddy does by itself while ports 80 and 443 are open outside)",
    ),
    "certificate_internal": (
        "certificate", "", "of {host}, by a CA that only this machine knows ({ca})",
        "browsers elsewhere refuse it until that file is installed on each device; with a public name"
        " `sudo messenger install --tls public` has them trust it at once",
    ),
    "certificate_name": (
        "certificate", "", "it is not for {host}", "have the proxy get one for {host}, or mend BASE_URL",
    ),
    "certificate_unknown": (
        "certificate", "", "nobody here vouches for that of {host}: {why}",
        "let the proxy get one from a public authority, or name the file of your own authority's"
        " certificate in BASE_URL_CA",
    ),
    "proxy": (
        "proxy", "{proxy} says who is behind it", "{proxy} says who is behind it, and is not believed",
        "name it in TRUSTED_PROXIES, and start the server again",
    ),
    "real_ip": (
        "proxy", "", "{proxy} does not say who is behind it: all people count as one",
        "have the proxy set X-Forwarded-For (nginx: proxy_set_header X-Forwarded-For"
        " $proxy_add_x_forwarded_for;)",
    ),
    "scheme": (
        "proxy", "", "it does not say that people come by https",
        "have the proxy set X-Forwarded-Proto (nginx: proxy_set_header X-Forwarded-Proto $scheme;)",
    ),
    "host": (
        "proxy", "", "the server is asked for {host}, not for {wanted}",
        "have the proxy pass Host on (nginx: proxy_set_header Host $http_host;)",
    ),
    "proxy_error": (
        "proxy", "", "{base} answers {status}: the proxy does not reach the server",
        "have the proxy ask HOST and PORT of this server",
    ),
    "not_ours": (
        "address", "", "{base} answers, but not with this server ({status})",
        "have it lead to this server, or mend BASE_URL",
    ),
    "body_size": (
        "uploads", "{megabytes} MiB pass", "{megabytes} MiB do not pass ({status})",
        "have the proxy allow {megabytes} MiB (nginx: client_max_body_size {megabytes}m;),"
        " or lower FILE_MAX_BYTES",
    ),
    "websocket": (
        "WebSocket", "there and back in {ms} ms", "opens, and brings nothing back: {why}",
        "have the proxy pass frames on at once, and not close what is silent for a minute",
    ),
    "upgrade": (
        "WebSocket", "", "the upgrade is answered with {status}",
        "have the proxy pass Upgrade and Connection on (nginx: proxy_http_version 1.1;"
        " proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;)",
    ),
    "origin": (
        "WebSocket", "", "pages of {base} may not connect ({status})",
        "set BASE_URL to the address that people really open",
    ),
    # Services
    "push_unused": ("push", "no device has subscribed yet"),
    "push": (
        "push", "{host} answers", "{host} does not answer: {why}",
        "let this machine reach {host}, port 443",
    ),
    "mail_off": ("mail", "off: nothing is sent", "SMTP_URL is not set: no mail is sent", "set it"),
    "mail": ("mail", "{where} lets us in", "{where}, {step}: {why}",
             "mend what it says; docs/self-hosting.md has the forms of SMTP_URL"),
    "mail_sent": ("mail", "{where} took a letter to {address}"),
    "mail_address": ("mail", "", "{address} is not an address", "write one like a@example.org"),
    # What is stored
    "bucket": ("bucket", "{where} takes, gives and removes objects"),
    "bucket_away": ("bucket", "", "{where} does not answer: {said}", "start it, or mend S3_ENDPOINT"),
    "bucket_credentials": (
        "bucket", "", "{where} does not know this account: {said}",
        "mend S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY",
    ),
    "bucket_rights": (
        "bucket", "", "{where} does not let this account in: {said}",
        "let it put, get, list and delete objects below the prefix",
    ),
    "bucket_clock": ("bucket", "", "{where} is too far from our time: {said}", NTP),
    "bucket_bucket": ("bucket", "", "{where} does not exist: {said}", "make it, or mend S3_URL"),
    "bucket_region": (
        "bucket", "", "{where} is somewhere else: {said}", "mend S3_REGION, or S3_ENDPOINT",
    ),
    "bucket_other": ("bucket", "", "{where} does not work: {said}", "mend what it said"),
    "bucket_drift": ("bucket's clock", "{drift} s from ours", "{drift} s from ours", NTP),
    "files_shared": (
        "files of several servers", "", "files are in {folder}, and BUS may name other machines",
        "let all of them have this folder, or keep files in a bucket (FILE_STORAGE=s3)",
    ),
    "backup_off": (
        "backup", "", "BACKUP_KEEP_DAYS is 0: none is made by the clock",
        "set it, unless backups are made by something else",
    ),
    "backup_none": ("backup", "none yet; the first is made at 02:10 UTC"),
    "backup_unproven": ("backup", "", "none is proven", "make one now; it says why it cannot be proven"),
    "backup": ("backup", "the newest proven one is {name}"),
    "backup_old": ("backup", "", "the newest proven one is {name}", "make one now; it says what fails"),
    "backup_disk": (
        "backup disk", "", "backups are on the disk of the data ({root})",
        "set BACKUP_DIR or BACKUP_COPY_DIR to a folder on another one",
    ),
    "archive": ("archive", "the chain of {count} manifests is whole"),
    "archive_missing": (
        "archive", "", "{name} is missing", "bring it back from a backup, then prove the archive",
    ),
    "archive_changed": (
        "archive", "", "{name} is not what was written",
        "bring it back from a backup, then prove the archive",
    ),
    "archive_chain": (
        "archive", "", "{name} does not follow the manifest before it",
        "bring both back from a backup, then prove the archive",
    ),
    "files": ("files", "{count} contents are where they should be"),
    "file_missing": (
        "files", "", "the content {sha256} is missing", "bring it back from the backup",
    ),
    "file_lost": (
        "files", "", "the content {sha256} is missing, and in no backup here",
        "find it in another backup under that name, or ask its owner to send it again",
    ),
    "files_missing": ("files", "", "{count} contents are missing", "list all of them"),
    "strays": (
        "files", "", "{count} contents belong to nothing",
        "remove them, unless an older database was put back that may still want them",
    ),
}  # fmt: skip
