package io.culvert.siteconfig;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where alarms go besides console and metrics. */
public record Alerts(Optional<Webhook> webhook, Optional<Mail> mail, Optional<Syslog> syslog) {
    /** Nowhere: what holds if the file says nothing. */
    public static final Alerts NONE = new Alerts(Optional.empty(), Optional.empty(), Optional.empty());

    /** An HTTP endpoint that alarms are posted to as JSON. */
    public sealed interface Webhook {
        /** A URL without a secret in it; {@code https}, or {@code http} on the loopback interface. */
        record Plain(URI url, Optional<Path> tokenFile) implements Webhook {}

        /** A URL that is itself a secret, as chat services give out: the file holds it in its first line. */
        record Secret(Path urlFile) implements Webhook {}
    }

    /**
     * Mail.
     *
     * @param to at least one address
     * @param from nothing: {@code culvert@} and the host's name
     * @param server the submission server, {@code localhost:25} if the file says nothing
     * @param login nothing: none is needed
     */
    public record Mail(
            List<String> to, Optional<String> from, HostPort server, Encryption encryption, Optional<Login> login) {
        static final HostPort DEFAULT_SERVER = new HostPort("localhost", 25);

        /** Copies the addresses. */
        public Mail {
            to = List.copyOf(to);
        }

        /** How the connection to the server is protected. */
        public enum Encryption {
            /** Upgraded if the server offers it; required when a password is sent; without one not to this machine itself. */
            STARTTLS,
            /** From the first byte. */
            TLS,
            /** Not at all. */
            NONE
        }

        /** A user whose password is the first line of a file. */
        public record Login(String user, Path passwordFile) {}
    }

    /** RFC 5424 messages. */
    public sealed interface Syslog {
        /** The syslog or journal of this machine. */
        record Local() implements Syslog {}

        /** A collector. */
        record Remote(Protocol protocol, HostPort server) implements Syslog {}

        /** What carries the messages: RFC 5426, 6587, 5425. */
        enum Protocol {
            /** May lose messages. */
            UDP,
            /** In the clear. */
            TCP,
            /** With the machine's trusted CAs. */
            TLS
        }
    }
}
