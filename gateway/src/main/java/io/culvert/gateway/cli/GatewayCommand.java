package io.culvert.gateway.cli;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.GatewayInvitation;
import io.culvert.gateway.admin.Identifiers;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.ServiceView;
import io.culvert.siteconfig.ConfigException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the gateway. */
@Command(
        name = "gateway",
        description = "Run the gateway in the foreground, until SIGTERM or Ctrl-C. SIGHUP reads the site file again.",
        subcommands = {GatewayCommand.Add.class, GatewayCommand.Drain.class, GatewayCommand.Remove.class})
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
        @Mixin
        private final LifeOption ttl = new LifeOption();

        Add(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            GatewayInvitation invitation = session.gateway().inviteGateway(ttl.life());
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

    @Command(
            name = "drain",
            description = {
                "Have the gateway of this host take nothing more and give everything away that another gateway of the"
                        + " site can have; wait until that is done.",
                "Relayed connections cannot move to another host: new ones are at the next gateway as soon as those that are"
                        + " open have ended or had their time.",
                "It goes on to run, with nothing to do, until it is stopped or drained no more."
            })
    static final class Drain extends SessionCommand {
        private static final Duration EACH = Duration.ofMillis(500);

        @Option(names = "--off", description = "Take its part again.")
        private boolean off;

        @Option(
                names = "--wait",
                paramLabel = "DURATION",
                converter = DurationConverter.class,
                description = "How long to wait for what is given away, beyond --connections; 1m if not given.")
        private Duration wait = Duration.ofMinutes(1);

        @Option(
                names = "--connections",
                paramLabel = "DURATION",
                converter = DurationConverter.class,
                description =
                        "How long relayed connections get to end before they are ended; 30s if not given, 0s: none.")
        private Duration connections = Duration.ofSeconds(30);

        Drain(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            if (off) {
                session.gateway().drainNoMore();
                session.out().println("the gateway takes its part again");
                return 0;
            }
            List<ServiceView> left = awaitGiven();
            if (left.isEmpty()) {
                session.out().println("the gateway has nothing any more");
                return 0;
            }
            throw new OperationException(
                    FailureCategory.FAILED,
                    "still with this gateway: "
                            + left.stream()
                                    .map(one -> one.kind() + " " + one.name())
                                    .collect(Collectors.joining(", "))
                            + "; no other gateway that runs can have it (culvert service list; a pool on a disk that only"
                            + " this host sees stays here)");
        }

        private List<ServiceView> awaitGiven() throws ConfigException, OperationException, InterruptedException {
            try (Farewell farewell = Farewell.print(
                    session.err(),
                    "the gateway goes on to give away what it has; culvert gateway drain --off ends that")) {
                long end = System.nanoTime() + wait.plus(connections).toNanos();
                List<ServiceView> left = session.gateway().drain(connections);
                while (!left.isEmpty() && System.nanoTime() < end) {
                    Thread.sleep(EACH);
                    left = still(left, session.gateway().services());
                }
                return left;
            }
        }

        /** What of that the gateway has yet; it is asked once to drain, so that who ends that elsewhere has his way. */
        private static List<ServiceView> still(List<ServiceView> before, List<ServiceView> now) {
            return before.stream()
                    .filter(one -> now.stream()
                            .anyMatch(is -> is.kind().equals(one.kind())
                                    && is.name().equals(one.name())
                                    && is.owner().equals(one.owner())))
                    .toList();
        }
    }

    @Command(
            name = "remove",
            description = {
                "Remove a gateway of this site that does not run and is not to come back.",
                "What it owned is with the others already, as soon as they see its disks."
            })
    static final class Remove extends SessionCommand {
        @Parameters(paramLabel = "NUMBER", description = "The gateway's number, such as 2 for seoul/2.")
        private String number = "";

        @Option(
                names = "--move-to",
                paramLabel = "NUMBER",
                description = "The gateway whose host the disks of its pools were attached to.")
        private Optional<String> moveTo = Optional.empty();

        Remove(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            Optional<Integer> to = Optional.empty();
            if (moveTo.isPresent()) {
                to = Optional.of(number(moveTo.get()));
            }
            ServiceView removed = session.gateway().removeGateway(number(number), to);
            session.out()
                    .println("removed " + removed.name() + ", last seen " + Words.time(removed.since())
                            + "; it must not be started again");
            return 0;
        }

        private static int number(String text) throws OperationException {
            return Integer.parseInt(Identifiers.GATEWAY.require(text.replaceFirst("^[a-z][a-z0-9-]*/", "")));
        }
    }
}
