package io.culvert.gateway.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The top of all commands. */
@Command(
        name = "culvert",
        synopsisHeading = "Usage: ",
        customSynopsis = "culvert [--config FILE] COMMAND",
        header = "Replicates backup data between sites through one mutual-TLS stream.",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        versionProvider = Version.class,
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 refused, 4 unreachable.",
            "\"culvert help COMMAND\" says more about one of them."
        })
final class CulvertCommand extends CommandGroup {
    private final Session session;

    CulvertCommand(Session session) {
        this.session = session;
    }

    @Option(
            names = "--config",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "The site file; else CULVERT_CONFIG, else /etc/culvert/site.yaml.")
    void config(Path file) {
        session.useConfig(file);
    }

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show where a failure comes from.")
    void debug(boolean on) {
        if (on) {
            session.useDebug();
        }
    }

    @Option(names = "--version", versionHelp = true, description = "Print the version.")
    private boolean version;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Print this help.")
    private boolean help;
}
