package io.culvert.siteconfig;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Decodes {@code alerts}. */
final class AlertsDecoder {
    private static final Pattern MAIL_ADDRESS = Pattern.compile("[^\\s@<>,;:\"]{1,64}@[^\\s@<>,;:\"]{1,253}");
    private static final Pattern SYSLOG = Pattern.compile("([a-z]+)://(.+)");
    private static final Map<String, Alerts.Mail.Encryption> ENCRYPTIONS = Words.of(Alerts.Mail.Encryption.values());
    private static final Map<String, Alerts.Syslog.Protocol> PROTOCOLS = Words.of(Alerts.Syslog.Protocol.values());
    private static final String WEBHOOK_EXAMPLE = "https://hooks.example/culvert";

    private final Problems problems;
    private final Scalars scalars;

    AlertsDecoder(Problems problems, Scalars scalars) {
        this.problems = problems;
        this.scalars = scalars;
    }

    Optional<Alerts> alerts(YamlNode node) {
        return Fields.read(node, "`alerts`", problems, f -> {
            var webhook = f.optional("webhook", this::webhook);
            var mail = f.optional("mail", this::mail);
            var syslog = f.optional("syslog", this::syslog);
            return () -> new Alerts(webhook.toOptional(), mail.toOptional(), syslog.toOptional());
        });
    }

    private Optional<Alerts.Webhook> webhook(YamlNode node) {
        if (node instanceof YamlNode.Scalar) {
            return url(node).map(url -> new Alerts.Webhook.Plain(url, Optional.empty()));
        }
        return Fields.read(node, "`webhook`", problems, f -> {
            var url = f.optional("url", this::url);
            var urlFile = f.optional("urlFile", scalars::path);
            var tokenFile = f.optional("tokenFile", scalars::path);
            if (f.has("url") == f.has("urlFile")) {
                problems.add(
                        f.position(),
                        "`webhook` needs either `url` or, if the URL itself is secret, `urlFile`; found "
                                + (f.has("url") ? "both" : "neither"));
            } else if (f.has("urlFile") && f.has("tokenFile")) {
                problems.add(f.positionOf("tokenFile"), "`tokenFile` goes with `url`; remove it");
            }
            return () -> url.isPresent()
                    ? new Alerts.Webhook.Plain(url.get(), tokenFile.toOptional())
                    : new Alerts.Webhook.Secret(urlFile.get());
        });
    }

    private Optional<URI> url(YamlNode node) {
        return scalars.text(node).flatMap(text -> {
            Optional<URI> url = Urls.parse(text);
            String shown = YamlNode.Scalar.quote(Urls.withoutSecrets(text));
            if (url.isEmpty()) {
                return scalars.wrong(node, "a webhook is a URL such as " + WEBHOOK_EXAMPLE + "; found " + shown);
            }
            if (Urls.carriesSecret(url.get())) {
                return scalars.wrong(
                        node,
                        "this URL carries a secret; secrets never stand in this file: put the URL in a file and"
                                + " write `webhook: {urlFile: PATH}`");
            }
            if (url.get().getScheme().equals("http") && !Hosts.isLoopback(Urls.host(url.get()))) {
                return scalars.wrong(node, "a webhook over the network is https; found " + shown);
            }
            return url;
        });
    }

    private Optional<Alerts.Mail> mail(YamlNode node) {
        return Fields.read(node, "`mail`", problems, f -> {
            var to = f.required(
                    "to", "to: ops@seoul.example", scalars.oneOrMore("to: [ops@seoul.example]", this::address));
            var from = f.optional("from", this::address);
            var server = f.optional("server", scalars::hostPort);
            var encryption = f.optional("encryption", scalars.word(ENCRYPTIONS));
            var user = f.optional("user", scalars::text);
            var passwordFile = f.optional("passwordFile", scalars::path);
            f.refuse("is a secret; write `passwordFile: PATH` and put it in that file", "password");
            if (f.has("user") != f.has("passwordFile")) {
                String there = f.has("user") ? "user" : "passwordFile";
                String missing = f.has("user") ? "passwordFile" : "user";
                problems.add(f.positionOf(there), "`" + there + "` needs `" + missing + "` beside it");
            } else if (f.has("user")
                    && encryption.orElse(Alerts.Mail.Encryption.STARTTLS) == Alerts.Mail.Encryption.NONE) {
                problems.add(f.positionOf("encryption"), "a password is not sent in the clear; write starttls or tls");
            }
            return () -> new Alerts.Mail(
                    to.get(),
                    from.toOptional(),
                    server.orElse(Alerts.Mail.DEFAULT_SERVER),
                    encryption.orElse(Alerts.Mail.Encryption.STARTTLS),
                    user.toOptional().map(u -> new Alerts.Mail.Login(u, passwordFile.get())));
        });
    }

    private Optional<String> address(YamlNode node) {
        return scalars.text(node)
                .flatMap(text -> MAIL_ADDRESS.matcher(text).matches()
                        ? Optional.of(text)
                        : scalars.wrong(
                                node,
                                "a mail address is like ops@seoul.example, without a name; found "
                                        + YamlNode.Scalar.quote(text)));
    }

    private Optional<Alerts.Syslog> syslog(YamlNode node) {
        return scalars.parsed(AlertsDecoder::syslogTarget).decode(node);
    }

    private static Alerts.Syslog syslogTarget(String text) {
        if (text.equals("local")) {
            return new Alerts.Syslog.Local();
        }
        Matcher matcher = SYSLOG.matcher(text);
        Alerts.Syslog.Protocol protocol = matcher.matches() ? PROTOCOLS.get(matcher.group(1)) : null;
        if (protocol == null) {
            throw new IllegalArgumentException(
                    "write `local`, or udp://HOST:514, tcp://HOST:601, tls://HOST:6514; found "
                            + YamlNode.Scalar.quote(text));
        }
        return new Alerts.Syslog.Remote(protocol, HostPort.parse(matcher.group(2)));
    }
}
