package io.culvert.gateway.cli;

import picocli.CommandLine.Command;

/** Runs the gateway. */
@Command(
        name = "gateway",
        description = "Run the gateway in the foreground, until SIGTERM or Ctrl-C. SIGHUP reads the site file again.")
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
}
