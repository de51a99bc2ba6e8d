package io.culvert.gateway.cli;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The commands below {@code culvert}, in the order of its help.
 *
 * <p>Reading the annotations of all of them takes a fifth of a second, so a command line that begins with the name of one is
 * given that one only.
 */
final class Commands {

    private static final Map<String, Class<?>> BY_NAME = new LinkedHashMap<>();

    /** Those whose work is to show or name the others. */
    private static final List<String> ABOUT_ALL = List.of("help", "completion");

    static {
        BY_NAME.put("gateway", GatewayCommand.class);
        BY_NAME.put("init", InitCommand.class);
        BY_NAME.put("config", ConfigCommand.class);
        BY_NAME.put("peer", PeerCommand.class);
        BY_NAME.put("dataset", DatasetCommand.class);
        BY_NAME.put("replicate", ReplicateCommand.class);
        BY_NAME.put("ingest", IngestCommand.class);
        BY_NAME.put("job", JobCommand.class);
        BY_NAME.put("snapshot", SnapshotCommand.class);
        BY_NAME.put("restore", RestoreCommand.class);
        BY_NAME.put("verify", VerifyCommand.class);
        BY_NAME.put("pool", PoolCommand.class);
        BY_NAME.put("service", ServiceCommand.class);
        BY_NAME.put("probe", ProbeCommand.class);
        BY_NAME.put("rules", RulesCommand.class);
        BY_NAME.put("alert", AlertCommand.class);
        BY_NAME.put("etcd", EtcdCommand.class);
        BY_NAME.put("status", StatusCommand.class);
        BY_NAME.put("console", ConsoleCommand.class);
        BY_NAME.put("bench", BenchCommand.class);
        BY_NAME.put("demo", DemoCommand.class);
        BY_NAME.put("completion", CompletionCommand.class);
        BY_NAME.put("help", HelpCommand.class);
    }

    private Commands() {}

    /** The command that these arguments name, if they do so at once or behind {@code --config FILE} and {@code --debug}. */
    static Optional<String> named(String... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (argument.equals("--config")) {
                i++;
            } else if (!argument.startsWith("--config=") && !argument.equals("--debug")) {
                return Optional.of(argument).filter(BY_NAME::containsKey);
            }
        }
        return Optional.empty();
    }

    /** The classes of the commands that are needed to understand these arguments. */
    static Collection<Class<?>> needed(String... arguments) {
        return named(arguments)
                .filter(name -> !ABOUT_ALL.contains(name))
                .<Collection<Class<?>>>map(name -> List.of(BY_NAME.get(name)))
                .orElse(BY_NAME.values());
    }
}
