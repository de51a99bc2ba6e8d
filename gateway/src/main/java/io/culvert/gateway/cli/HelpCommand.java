package io.culvert.gateway.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what a command is for. */
@Command(name = "help", description = "Print what a command is for and what it takes.")
final class HelpCommand extends SessionCommand {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before the command runs
    private CommandSpec spec;

    @Parameters(arity = "0..2", paramLabel = "CMD", description = "The command, such as: peer invite.")
    private List<String> names = List.of();

    HelpCommand(Session session) {
        super(session);
    }

    @Override
    public Integer call() {
        CommandLine command = spec.root().commandLine();
        for (String name : names) {
            CommandLine next = command.getSubcommands().get(name);
            if (next == null) {
                throw new ParameterException(
                        spec.commandLine(),
                        "there is no command \"" + String.join(" ", names)
                                + "\" in this version; \"culvert help\" lists" + " all");
            }
            command = next;
        }
        session.out().print(command.getUsageMessage(CommandLine.Help.Ansi.OFF));
        return 0;
    }
}
