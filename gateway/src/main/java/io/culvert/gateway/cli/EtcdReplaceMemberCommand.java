package io.culvert.gateway.cli;

import io.culvert.gateway.admin.EtcdReplaceRequest;
import io.culvert.gateway.admin.EtcdReplacement;
import io.culvert.gateway.admin.EtcdStep;
import io.culvert.gateway.admin.Identifiers;
import java.net.URI;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Replaces a member of etcd; what a person has to do meanwhile is printed as it comes. */
@Command(
        name = "replace-member",
        description = {
            "Replace a member of etcd by one that begins empty: back up, remove the old one, add the new one without a vote, say how"
                    + " it is started, wait until it has caught up, give it its vote.",
            "Refused where it could cost the quorum, and where the new peer URL cannot be right. Ended in between, it goes on when it"
                    + " is run again. A cluster of one member is restored instead: \"culvert etcd restore\"."
        })
final class EtcdReplaceMemberCommand extends SessionCommand {

    @Mixin
    private final OutputOption output = new OutputOption();

    @Parameters(paramLabel = "NAME", description = "The member that goes: its name, or its id.")
    private String name = "";

    @Option(
            names = "--peer-url",
            required = true,
            paramLabel = "URL",
            description =
                    "Where the other members will find the new one: http(s)://HOST:PORT; that of the old one, if it comes"
                            + " back there.")
    private String peerUrl = "";

    @Option(names = "--force", description = "Also one that is well, or while another one is not.")
    private boolean force;

    private String told = "";

    EtcdReplaceMemberCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() throws Exception {
        EtcdReplaceRequest request = new EtcdReplaceRequest(
                Identifiers.NAME.require(name), URI.create(Identifiers.PEER_URL.require(peerUrl)), force);
        EtcdReplacement done = session.gateway().replaceEtcdMember(request, this::tell);
        if (output.json()) {
            session.printJson(done);
        } else {
            session.out()
                    .println(done.name() + " (" + done.id() + ") at " + done.endpoint() + " is one of " + done.voters()
                            + " members, and well");
        }
        if (!done.advice().isEmpty()) {
            session.err().println(done.advice());
        }
        return 0;
    }

    /** Each step once, not each time that something is still waited for. */
    private void tell(EtcdStep step) {
        if (step.sentence().equals(told)) {
            return;
        }
        told = step.sentence();
        session.err().println(step.sentence());
        step.commands().forEach(line -> session.err().println("    " + line));
    }
}
