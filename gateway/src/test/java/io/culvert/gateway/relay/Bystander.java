package io.culvert.gateway.relay;

import io.culvert.gateway.relay.RelayedSites.Pair;
import io.culvert.gateway.stream.TwoSites;
import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.SplittableRandom;

/** A well-behaved connection that works all the while that others misbehave, both ways, with every byte compared. */
final class Bystander {

    private static final int ROUNDS_AFTERWARDS = 3;
    private static final int MOST_BYTES = 60_000;

    private final Pair pair;
    private final Thread thread;
    private volatile String harm = "";
    private volatile long rounds;
    private volatile boolean stop;

    Bystander(RelayedSites sites) throws IOException {
        pair = sites.connect();
        thread = Thread.ofVirtual().name("bystander").start(this::work);
    }

    private void work() {
        SplittableRandom random = new SplittableRandom(1);
        try {
            while (!stop && harm.isEmpty()) {
                pass(pair.client(), pair.server(), random);
                pass(pair.server(), pair.client(), random);
                rounds++;
            }
            finish(pair.client(), pair.server());
            finish(pair.server(), pair.client());
        } catch (IOException e) {
            harm = "after " + rounds + " rounds: " + e;
        }
    }

    private void pass(Socket from, Socket to, SplittableRandom random) throws IOException {
        byte[] bytes = new byte[1 + random.nextInt(MOST_BYTES)];
        random.nextBytes(bytes);
        from.getOutputStream().write(bytes);
        if (!Arrays.equals(to.getInputStream().readNBytes(bytes.length), bytes)) {
            harm = "other bytes came in round " + rounds;
        }
    }

    private void finish(Socket from, Socket to) throws IOException {
        from.shutdownOutput();
        if (to.getInputStream().read() != -1) {
            harm = "bytes came behind the end";
        }
    }

    /** Works on for some rounds, then ends in order; returns what went wrong, empty if nothing did. */
    String end() throws InterruptedException {
        long before = rounds;
        TwoSites.await(() -> rounds >= before + ROUNDS_AFTERWARDS || !thread.isAlive());
        stop = true;
        thread.join();
        return harm;
    }
}
