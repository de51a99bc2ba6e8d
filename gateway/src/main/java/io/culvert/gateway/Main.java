package io.culvert.gateway;

import io.culvert.gateway.cli.CommandRun;
import io.culvert.gateway.cli.Preload;
import io.culvert.gateway.cli.Terminal;

/** Where the process begins: one command, one exit code. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        Workshop work = new Workshop();
        Preload.begin(work, arguments);
        System.exit(CommandRun.run(Terminal.ofProcess(), work, arguments));
    }
}
