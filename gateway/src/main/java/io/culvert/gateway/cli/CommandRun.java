package io.culvert.gateway.cli;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import io.culvert.siteconfig.ConfigException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs one command line and turns how it ended into an exit code and one line on standard error. */
public final class CommandRun {
    private static final String PREFIX = "culvert: ";

    private CommandRun() {}

    /** Returns the exit code of interface.md; flushes what was printed. */
    public static int run(Terminal terminal, LocalWork work, String... arguments) {
        Session session = new Session(terminal, work);
        CommandLine commands = commandLine(session, arguments);
        int code = commands.execute(arguments);
        terminal.results().flush();
        if (code == 0 && terminal.results().checkError()) {
            terminal.messages().println(PREFIX + "standard output was closed before all was written");
            code = FailureCategory.FAILED.exitCode();
        }
        terminal.messages().flush();
        return code;
    }

    private static CommandLine commandLine(Session session, String... arguments) {
        CommandLine commands = new CommandLine(new CulvertCommand(session), new CommandFactory(session));
        Commands.needed(arguments).forEach(commands::addSubcommand);
        commands.setOut(new PrintWriter(session.out(), true, StandardCharsets.UTF_8));
        commands.setErr(new PrintWriter(session.err(), true, StandardCharsets.UTF_8));
        commands.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        commands.setUsageHelpWidth(100);
        commands.setUsageHelpAutoWidth(false);
        commands.setCaseInsensitiveEnumValuesAllowed(true);
        commands.setParameterExceptionHandler((e, args) -> wrongUsage(session, e));
        commands.setExecutionExceptionHandler((e, command, parsed) -> failed(session, e));
        return commands;
    }

    private static int wrongUsage(Session session, ParameterException e) {
        CommandLine command = e.getCommandLine();
        String hint = suggestion(e);
        String what = oneLine(Words.of(e)).replaceFirst("^Error: ", ""); // of groups of options only
        session.err()
                .println(PREFIX + what + hint + "; see \"culvert help"
                        + command.getCommandSpec().qualifiedName(" ").substring("culvert".length()) + "\"");
        trace(session, e);
        return FailureCategory.USAGE.exitCode();
    }

    private static String suggestion(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            List<String> near = unmatched.getSuggestions();
            return near.isEmpty() || unmatched.isUnknownOption() ? "" : "; near it: " + String.join(", ", near);
        }
        return "";
    }

    private static int failed(Session session, Exception e) {
        int code;
        switch (e) {
            case ConfigException config -> {
                config.problems().forEach(problem -> session.err().println(problem));
                code = FailureCategory.USAGE.exitCode();
            }
            case OperationException operation -> {
                session.err().println(PREFIX + oneLine(operation.sentence()));
                code = operation.category().exitCode();
            }
            case InterruptedException interrupted -> {
                session.err().println(PREFIX + "interrupted");
                code = FailureCategory.FAILED.exitCode();
            }
            default -> {
                session.err()
                        .println(PREFIX + oneLine(Words.of(e)) + (session.debug() ? "" : " (--debug shows where)"));
                code = FailureCategory.FAILED.exitCode();
            }
        }
        trace(session, e);
        return code;
    }

    private static void trace(Session session, Exception e) {
        if (session.debug()) {
            e.printStackTrace(session.err());
        }
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
