package io.culvert.gateway.cli;

import io.culvert.gateway.admin.client.GatewayClient;
import java.util.Optional;
import java.util.Set;

/**
 * Loads on a second core what a command will need, while the first makes out what was typed: half of what a short command
 * takes is the loading of classes.
 */
public final class Preload {

    /** Those that ask no gateway. */
    private static final Set<String> ALONE = Set.of("gateway", "init", "config", "bench", "demo", "completion", "help");

    private Preload() {}

    /** Begins, if a command is named that asks a gateway; the end is nobody's business. */
    public static void begin(LocalWork work, String... arguments) {
        Optional<String> command = Commands.named(arguments);
        if (command.isPresent() && !ALONE.contains(command.get())) {
            Thread.ofPlatform().daemon().name("preload").start(() -> {
                GatewayClient.preload();
                if (command.get().equals("restore")) {
                    work.preloadRestore();
                }
            });
        }
    }
}
