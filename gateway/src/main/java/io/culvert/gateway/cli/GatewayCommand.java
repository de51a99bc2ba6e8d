package io.culvert.gateway.cli;

import io.culvert.gateway.admin.GatewayInvitation;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the gateway. */
@Command(
        name = "gateway",
        description = "Run the gateway in the foreground, until SIGTERM or Ctrl-C. SIGHUP reads the site file again.",
        subcommands = GatewayCommand.Add.class)
final class GatewayCommand extends SessionCommand {

    GatewayCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() throws Exception {
        session.site();
        session.work().runGateway(session.siteFile());
        return 0;
    }

    @Command(
            name = "add",
            description = "Print a one-time token with which one more gateway of this site is set up on another host;"
                    + " it is the last line.")
    static final class Add extends SessionCommand {
        @Option(
                names = "--ttl",
                paramLabel = "DURATION",
                converter = DurationConverter.class,
                description = "How long the token is good, such as 30m or 2h; 1h if not given.")
        private Duration ttl = Duration.ofHours(1);

        Add(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            GatewayInvitation invitation = session.gateway().inviteGateway(ttl);
            session.err()
                    .println("Whoever has this token gets this site's identity, its CA's key included, once, until "
                            + Words.time(invitation.expires()) + ": hand it over as you would that key.");
            session.err()
                    .println("On the new host, run: culvert init --join TOKEN --dir DIR [--advertise HOST:PORT]."
                            + " Gateway " + invitation.inviter() + " must run then.");
            session.out().println(invitation.token());
            return 0;
        }
    }
}
