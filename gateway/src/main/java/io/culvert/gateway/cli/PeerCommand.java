package io.culvert.gateway.cli;

import io.culvert.gateway.admin.Identifiers;
import io.culvert.gateway.admin.Invitation;
import io.culvert.gateway.admin.PeerView;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Enrolment of other sites. */
@Command(
        name = "peer",
        description = "Invite, join, list and revoke peers.",
        subcommands = {
            PeerCommand.Invite.class,
            PeerCommand.Join.class,
            PeerCommand.ListPeers.class,
            PeerCommand.Revoke.class
        })
final class PeerCommand extends CommandGroup {

    @Command(
            name = "invite",
            description = "Print a one-time token with which another site may join this one; it is the last line.")
    static final class Invite extends SessionCommand {
        @Parameters(paramLabel = "NAME", description = "The name of the site to be invited.")
        private String name = "";

        @Mixin
        private final LifeOption ttl = new LifeOption();

        Invite(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            Invitation invitation = session.gateway().invite(Identifiers.SITE.require(name), ttl.life());
            session.err()
                    .println("This token lets the site " + invitation.peer() + " join once, until "
                            + Words.time(invitation.expires()) + ". There, run: culvert peer join TOKEN");
            session.out().println(invitation.token());
            return 0;
        }
    }

    @Command(name = "join", description = "Enrol this site with the one that made the token; both then trust.")
    static final class Join extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        @Parameters(paramLabel = "TOKEN", description = "What \"culvert peer invite\" printed there.")
        private String token = "";

        Join(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            PeerView peer = session.gateway().join(Identifiers.TOKEN.require(token.strip()));
            if (output.json()) {
                session.printJson(peer);
            } else {
                session.out()
                        .println("joined " + peer.name() + " at " + peer.endpoint() + "; its CA is "
                                + String.join(", ", peer.authorities()));
            }
            return 0;
        }
    }

    @Command(name = "list", description = "List the peers and the streams to them.")
    static final class ListPeers extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        ListPeers(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            List<PeerView> peers = session.gateway().peers();
            if (output.json()) {
                session.printJson(peers);
                return 0;
            }
            Views.peers(peers).print(session.out(), "no peers; \"culvert peer invite NAME\" invites one");
            return 0;
        }
    }

    @Command(name = "revoke", description = "Stop trusting a peer at once and close its stream.")
    static final class Revoke extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        @Parameters(paramLabel = "NAME", description = "The peer's name.")
        private String name = "";

        Revoke(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            PeerView peer = session.gateway().revoke(Identifiers.SITE.require(name));
            if (output.json()) {
                session.printJson(peer);
            } else {
                session.out().println("revoked " + peer.name() + "; a new invitation enrols it again");
            }
            return 0;
        }
    }
}
