package io.culvert.gateway;

import io.culvert.gateway.cli.CommandRun;
import io.culvert.gateway.cli.Terminal;

/** Where the process begins: one command line, one exit code. */
public final class Main {

    private Main() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(CommandRun.run(Terminal.ofProcess(), new GatewayProcess(), arguments));
    }
}
