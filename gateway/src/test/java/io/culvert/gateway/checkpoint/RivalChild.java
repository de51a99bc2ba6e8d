package io.culvert.gateway.checkpoint;

import io.culvert.dedupe.pool.Fence;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A {@link Rival} in a process of its own, for instance at a host that is cut off. It says in a line each what it was told, when its store
 * comes into another state, and, after its input has ended, what is stored at last.
 */
final class RivalChild implements AutoCloseable {
    static final EtcdSettings.Timing QUICK =
            new EtcdSettings.Timing(Duration.ofSeconds(3), Duration.ofMillis(700), Duration.ofSeconds(3));

    private static final Duration LOOK = Duration.ofMillis(50);

    private final String gateway;
    private final Process process;
    private final Thread reader;
    private final Map<String, RivalHistory.Kept> kept = new ConcurrentHashMap<>();
    private volatile String state = "";

    private RivalChild(String gateway, Process process, RivalHistory history) {
        this.gateway = gateway;
        this.process = process;
        this.reader = Thread.ofPlatform().start(() -> read(history));
    }

    static RivalChild start(
            String[] wrapper, String gateway, String endpoints, List<String> jobs, long seed, RivalHistory history)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(wrapper));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(RivalChild.class.getName(), gateway, endpoints, String.join(",", jobs), "" + seed));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return new RivalChild(gateway, process, history);
    }

    private void read(RivalHistory history) {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                read(line, history);
            }
        } catch (IOException e) {
            history.wrong(gateway + ": " + e);
        }
    }

    private void read(String line, RivalHistory history) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
            case "claim" ->
                history.add(
                        new RivalHistory.Claim(gateway, words[1], fence(words), number(words[4]), number(words[5])));
            case "write" ->
                history.add(new RivalHistory.Write(
                        gateway, words[1], fence(words), number(words[6]), number(words[4]), number(words[5])));
            case "unknown" -> history.unknown(words[1]);
            case "lost" -> history.lost(gateway, words[1], line);
            case "wrong" -> history.wrong(line);
            case "state" -> state = line;
            case "kept" -> kept.put(words[1], new RivalHistory.Kept(number(words[4]), fence(words)));
            default -> history.wrong(gateway + " says: " + line);
        }
    }

    private static Fence fence(String[] words) {
        return new Fence(number(words[2]), number(words[3]));
    }

    private static long number(String word) {
        return Long.parseLong(word);
    }

    /** The last state that it told, with its sentence. */
    String state() {
        return state;
    }

    /** Has it stop, and returns what it then found stored. */
    Map<String, RivalHistory.Kept> end() throws Exception {
        process.getOutputStream().close();
        reader.join();
        return Map.copyOf(kept);
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    public static void main(String[] arguments) throws Exception {
        List<URI> endpoints =
                Stream.of(arguments[1].split(",", -1)).map(URI::create).toList();
        List<String> jobs = List.of(arguments[2].split(",", -1));
        var settings = new EtcdSettings(endpoints, null, "/culvert", "seoul", arguments[0], QUICK);
        RivalHistory said = new RivalHistory(RivalChild::say);
        try (var store = EtcdCheckpointStore.open(settings, InstantSource.system())) {
            Thread.ofPlatform().daemon().start(() -> watch(store));
            try (Rival rival = new Rival(arguments[0], store, jobs, Long.parseLong(arguments[3]), said)) {
                while (System.in.read() >= 0) {
                    continue; // until its parent has it stop
                }
            }
            for (String job : jobs) {
                StoredCheckpoint last = store.read(job).orElseThrow();
                say("kept " + job + " " + words(last.fence()) + " " + last.sequence());
            }
        }
    }

    private static void watch(CheckpointStore store) {
        String before = "";
        try {
            while (true) {
                StoreState state = store.state();
                String now = "state " + state.health() + " " + state.sentence();
                if (!now.equals(before)) {
                    say(now);
                    before = now;
                }
                Thread.sleep(LOOK);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static String words(Fence fence) {
        return fence.epoch() + " " + fence.revision();
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
