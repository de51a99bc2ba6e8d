package io.culvert.gateway.cli;

import io.culvert.gateway.admin.ServiceView;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What work is addressed to. */
@Command(
        name = "service",
        description = "List gateways, pools, peers and appliances.",
        subcommands = ServiceCommand.ListServices.class)
final class ServiceCommand extends CommandGroup {

    @Command(
            name = "list",
            description = {
                "List every gateway, pool, peer and appliance: owner, state, since when.",
                "Of appliances also the RPC programs, and the connections that are relayed: client, bytes, rate, age,"
                        + " dedup, and whether one is held because the stream is away."
            })
    static final class ListServices extends SessionCommand {
        @Mixin
        private final OutputOption output = new OutputOption();

        ListServices(Session session) {
            super(session);
        }

        @Override
        public Integer call() throws Exception {
            List<ServiceView> services = session.gateway().services();
            if (output.json()) {
                session.printJson(services);
                return 0;
            }
            Table table = new Table("KIND", "NAME", "OWNER", "STATE", "SINCE", "WHY");
            for (ServiceView s : services) {
                table.row(
                        s.kind(),
                        s.name(),
                        s.owner(),
                        Words.word(s.state()),
                        Words.time(s.since()),
                        Words.or(s.reason()));
            }
            table.print(session.out(), "no services");
            ApplianceTables.print(
                    session.out(),
                    services.stream().flatMap(s -> s.appliance().stream()).toList());
            return 0;
        }
    }
}
