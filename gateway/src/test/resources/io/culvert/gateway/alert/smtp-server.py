"""A mail server for tests: smtp-server.py PORT DIRECTORY plain|starttls|tls [CERT KEY]

Mails go to DIRECTORY/N.eml, with what was said to it in X- headers. User "culvert", password "s3cret" where TLS is offered;
addresses that begin with "nobody" are refused, "later" is to come again, and "rude" is hung up on once the mail is taken.
"""
import itertools
import os
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

port, directory, mode = int(sys.argv[1]), sys.argv[2], sys.argv[3]
numbers = itertools.count(1)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody"):
            return "550 5.1.1 there is no such mailbox"
        if address.startswith("later"):
            return "451 4.7.1 greylisted, come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = os.path.join(directory, "%d.eml" % next(numbers))
        with open(name + ".new", "wb") as out:
            out.write(("X-Rcpt: %s\r\nX-From: %s\r\nX-Helo: %s\r\nX-Tls: %s\r\nX-Auth: %s\r\n" % (
                ",".join(envelope.rcpt_tos), envelope.mail_from, session.host_name,
                session.ssl is not None or mode == "tls", bool(session.authenticated))).encode())
            out.write(envelope.content)
        os.rename(name + ".new", name)
        if envelope.rcpt_tos[0].startswith("rude"):
            server.loop.call_later(0.05, server.transport.abort)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    good = data.login == b"culvert" and data.password == b"s3cret"
    return AuthResult(success=good, handled=False)


options = {"hostname": "127.0.0.1", "port": port}
if mode != "plain":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[4], sys.argv[5])
    options["authenticator"] = authenticate
    if mode == "starttls":
        options.update(tls_context=context, require_starttls=False, auth_require_tls=True)
    else:
        options.update(ssl_context=context, auth_require_tls=False)
Controller(Handler(), **options).start()
print("ready", flush=True)
sys.stdin.read()  # until whoever started it is gone
