package io.culvert.gateway.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a completion script. */
@Command(
        name = "completion",
        description = "Print a completion script for bash or zsh.",
        footer = "Use it with: source <(culvert completion bash)")
final class CompletionCommand extends SessionCommand {
    enum Shell {
        bash,
        zsh
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before the command runs
    private CommandSpec spec;

    @Parameters(paramLabel = "bash|zsh", description = "The shell.")
    private Shell shell = Shell.bash;

    CompletionCommand(Session session) {
        super(session);
    }

    /** The script serves both: under zsh it loads bashcompinit itself. */
    @Override
    public Integer call() {
        String script = AutoComplete.bash("culvert", spec.root().commandLine());
        session.out().print(shell == Shell.zsh ? "autoload -U +X compinit && compinit -u\n" + script : script);
        return 0;
    }
}
