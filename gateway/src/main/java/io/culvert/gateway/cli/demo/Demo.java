package io.culvert.gateway.cli.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.ViewJson;
import io.culvert.gateway.cli.LocalWork;
import io.culvert.gateway.cli.Terminal;
import io.culvert.gateway.loopback.LoopbackPorts;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One run of the demo, step by step. */
public final class Demo {
    private static final String NEAR = "near";
    private static final String FAR = "far";
    private static final String DATASET = "data";
    private static final int OVER_SECONDS = 30;
    private static final int SIGNAL_SECONDS = 1;

    private final PrintStream messages;
    private final Map<String, String> environment;
    private final LocalWork work;
    private final Cleanup cleanup;
    private final CountDownLatch over = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private String checkpoints = "embedded";

    public Demo(Terminal terminal, LocalWork work) {
        this.messages = terminal.messages();
        this.environment = terminal.environment();
        this.work = work;
        this.cleanup = new Cleanup(messages);
    }

    /**
     * What happens to the result before everything is removed again.
     *
     * @param stay blocks while the sites serve
     */
    public interface Audience {
        void result(DemoReport report) throws OperationException;

        void stay(List<Console> consoles) throws OperationException, InterruptedException;
    }

    /** The console of a site of the demo. */
    public interface Console {
        String site();

        String address();

        /** The site file, for commands. */
        Path siteFile();

        /** A link that signs a browser in, once and within five minutes. */
        String link() throws OperationException;
    }

    /**
     * Runs the demo; whatever it made is removed when it returns, throws, or the process is told to stop.
     *
     * @param data what is replicated; it is copied first and never changed
     * @param folder the demo's own, new or empty; nothing: a temporary one
     */
    public void run(Path data, Optional<Path> folder, Audience audience)
            throws OperationException, IOException, InterruptedException {
        Thread player = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> interrupt(player), "demo-cleanup"));
        try {
            play(data, folder, audience);
        } catch (OperationException | IOException | InterruptedException | RuntimeException e) {
            if (isInterrupted()) {
                over.countDown();
                awaitTheEnd(); // what broke off because of it is no news
            }
            throw e;
        } finally {
            over.countDown();
            cleanup.close();
        }
    }

    /** The process is told to stop, or has come to its end, when there is nothing left to do. */
    private void interrupt(Thread player) {
        if (over.getCount() > 0) {
            interrupted.countDown();
            player.interrupt();
            cleanup.close();
            messages.println();
            messages.println("culvert: interrupted; both sites are ended and what the demo made is removed");
            messages.flush();
        }
        cleanup.close();
    }

    /** Whether Ctrl-C is behind a failure: what this process started gets the signal too, and may end before it hears of it. */
    private boolean isInterrupted() {
        try {
            return interrupted.await(SIGNAL_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException byTheHook) {
            return true;
        }
    }

    /** Returns never: the process is about to end. */
    private static void awaitTheEnd() {
        while (true) {
            Thread.interrupted(); // else park would not wait
            LockSupport.park();
        }
    }

    /** Nothing is removed while it is still written; the gateways are gone by then, so this ends soon. */
    private void awaitOver() {
        try {
            if (!over.await(OVER_SECONDS, TimeUnit.SECONDS)) {
                messages.println("culvert: the demo still writes; something may be left behind");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void play(Path data, Optional<Path> named, Audience audience)
            throws OperationException, IOException, InterruptedException {
        requireReadable(data);
        Path folder = DemoFolder.make(named, cleanup);
        cleanup.add(this::awaitOver);
        say("copying " + data + " to " + folder);
        Path source = Files.createDirectories(folder.resolve("data"));
        Trees.copy(data, source);
        List<Integer> ports = LoopbackPorts.free(4);
        DemoSite near = new DemoSite(NEAR, folder.resolve(NEAR), ports.get(0), ports.get(1), work);
        DemoSite far = new DemoSite(FAR, folder.resolve(FAR), ports.get(2), ports.get(3), work);
        makeSites(near, far, source, folder);
        List<Round> rounds = new ArrayList<>();
        rounds.add(replicate(near, "everything"));
        say(Trees.change(source) + " files changed");
        JobAndRound last = replicateAgain(near);
        rounds.add(last.round());
        Optional<String> difference = restoreAndCompare(far, last.job(), source, folder.resolve("restored"));
        audience.result(new DemoReport(new DemoResult(rounds, difference.isEmpty(), checkpoints), difference));
        if (difference.isEmpty()) {
            audience.stay(List.of(near, far));
        }
    }

    private record JobAndRound(JobView job, Round round) {}

    private void makeSites(DemoSite near, DemoSite far, Path source, Path folder)
            throws OperationException, IOException, InterruptedException {
        Optional<Path> etcd = EtcdChild.binary(environment.getOrDefault("PATH", ""));
        checkpoints = etcd.isPresent() ? "etcd" : "embedded";
        say(etcd.map(binary -> "checkpoints: etcd, one for each site (" + binary + ")")
                .orElse("checkpoints: embedded, since there is no etcd binary here"));
        near.init(checkpointsOf(etcd, folder.resolve("etcd-" + NEAR)), """
                datasets:
                  %s: {kind: tree, path: "%s", replicateTo: [{peer: %s, pool: main}]}
                """.formatted(DATASET, source, FAR));
        far.init(checkpointsOf(etcd, folder.resolve("etcd-" + FAR)), """
                grants:
                  %s: {write: [main]}
                """.formatted(NEAR));
        near.start(cleanup);
        far.start(cleanup);
        String[] printed = near.run("peer", "invite", FAR).strip().split("\\R");
        far.run("peer", "join", printed[printed.length - 1]);
        near.awaitStream(FAR);
        far.awaitStream(NEAR);
        say("two gateways run, " + NEAR + " and " + FAR + ", enrolled by a one-time token");
    }

    private String checkpointsOf(Optional<Path> etcd, Path directory) throws IOException, InterruptedException {
        return etcd.isEmpty()
                ? "{embedded: true}"
                : "{etcd: {endpoints: [\"" + EtcdChild.start(etcd.get(), directory, cleanup) + "\"]}}";
    }

    private Round replicate(DemoSite near, String what) throws OperationException {
        return measured(near, what).round();
    }

    private JobAndRound replicateAgain(DemoSite near) throws OperationException {
        return measured(near, "what changed");
    }

    private JobAndRound measured(DemoSite near, String what) throws OperationException {
        long before = near.wireBytes(FAR);
        String json = near.run("replicate", DATASET, "--to", FAR, "--wait", "--output", "json");
        long wireBytes = near.wireBytes(FAR) - before;
        JobView job = parse(json);
        Round round = Round.of(job, wireBytes);
        say("replicated " + what + " in " + String.format(java.util.Locale.ROOT, "%.1f s", round.seconds()));
        return new JobAndRound(job, round);
    }

    private static JobView parse(String json) throws OperationException {
        try {
            return ViewJson.MAPPER.readValue(json, JobView[].class)[0];
        } catch (JsonProcessingException e) {
            throw new OperationException(FailureCategory.FAILED, "the jobs cannot be read: " + e.getMessage(), e);
        }
    }

    private Optional<String> restoreAndCompare(DemoSite far, JobView job, Path source, Path restored)
            throws OperationException, IOException {
        String snapshot = job.snapshot()
                .orElseThrow(() -> new OperationException(
                        FailureCategory.FAILED, "job " + job.id() + " ended without a snapshot"));
        far.run("restore", snapshot, "--to", restored.toString());
        say("restored snapshot " + snapshot + " at " + FAR + ", comparing every byte");
        return Trees.difference(source, restored);
    }

    private static void requireReadable(Path data) throws OperationException {
        if (!Files.isDirectory(data) || !Files.isReadable(data)) {
            throw new OperationException(
                    FailureCategory.USAGE, data + " is no directory that can be read; name another with --data DIR");
        }
    }

    private void say(String what) {
        messages.println("demo: " + what);
    }
}
