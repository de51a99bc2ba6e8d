package io.culvert.gateway.cli;

import picocli.CommandLine.Command;

/** x. */
@Command(name = "demo", description = "x")
final class DemoCommand extends SessionCommand {
    DemoCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() {
        return 0;
    }
}
