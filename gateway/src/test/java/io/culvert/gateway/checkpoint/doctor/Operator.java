package io.culvert.gateway.checkpoint.doctor;

import io.culvert.gateway.testing.EtcdProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The person at a new member's host: does what the lines say, in the place of {@code DATA_DIR}, and remembers what was said. */
final class Operator implements EtcdDoctor.ReplacementHeard {

    private final EtcdProcess host;
    private final List<String> changes;
    private final List<String> sentences = new ArrayList<>();

    private Operator(EtcdProcess host, List<String> changes) {
        this.host = host;
        this.changes = changes;
    }

    static Operator at(EtcdProcess host) {
        return new Operator(host, List.of());
    }

    /** At a host of its own, which has the address of the others here, and so other ports for clients than the lines say. */
    static Operator atOwnPorts(EtcdProcess host) {
        return new Operator(
                host, List.of("--listen-client-urls=" + host.endpoint(), "--advertise-client-urls=" + host.endpoint()));
    }

    List<String> sentences() {
        return List.copyOf(sentences);
    }

    @Override
    public void step(Step step) throws IOException {
        sentences.add(step.sentence());
        for (String line : step.commands()) {
            if (line.startsWith("etcd ")) {
                List<String> arguments = new ArrayList<>(List.of(arguments(line, host.data())));
                arguments.addAll(changes);
                host.with(arguments.toArray(String[]::new)).start();
            }
        }
    }

    static String[] arguments(String line, Path data) {
        return Arrays.stream(line.split(" "))
                .skip(1)
                .map(word -> word.equals("DATA_DIR") ? data.toString() : word)
                .toArray(String[]::new);
    }
}
