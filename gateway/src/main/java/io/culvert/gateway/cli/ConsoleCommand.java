package io.culvert.gateway.cli;

import io.culvert.gateway.admin.ConsoleLink;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A link into the console. */
@Command(
        name = "console",
        description =
                "Print a link that signs a browser in to the console, once and within five minutes; it is the last line.")
final class ConsoleCommand extends SessionCommand {
    @Mixin
    private final OutputOption output = new OutputOption();

    ConsoleCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() throws Exception {
        ConsoleLink link = session.gateway().consoleLink();
        if (output.json()) {
            session.printJson(link);
            return 0;
        }
        session.err()
                .println("This link signs one browser in, until " + Words.time(link.expires())
                        + ". The certificate is of the site's own authority; the browser must show this SHA-256 of it:\n"
                        + fingerprint(link.certificate()));
        session.out().println(link.url());
        return 0;
    }

    /** As browsers show it: {@code AB:01:…}. */
    private static String fingerprint(String hexadecimal) {
        return hexadecimal.toUpperCase(Locale.ROOT).replaceAll("(..)(?!$)", "$1:");
    }
}
