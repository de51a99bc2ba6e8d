package io.culvert.gateway.relay;

import io.culvert.gateway.relay.RelayedSites.Pair;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * What two ends of a relayed connection say to each other, drawn from a seed: how much each writes, in which pieces, and how it ends. Each
 * end checks all that it hears.
 */
final class Conversation {

    /** How it ends. */
    private enum Ending {
        /** Both halves are closed, each when its bytes were written. */
        IN_ORDER,
        /** The client half closes; the server writes only when it has read to the end. */
        ONE_AFTER_THE_OTHER,
        /** One end resets it, behind all that it was to hear. */
        RESET
    }

    private static final int PIECE_BYTES = 100_000;

    private final Pair pair;
    private final Ending ending;
    private final boolean byClient;
    private final byte[] forth;
    private final byte[] back;
    private final long pieces;

    Conversation(Pair pair, SplittableRandom random) {
        this.pair = pair;
        this.ending = Ending.values()[random.nextInt(Ending.values().length)];
        this.byClient = random.nextBoolean();
        this.forth = noise(random);
        this.back = noise(random);
        this.pieces = random.nextLong();
    }

    /** Mostly little; sometimes nothing, sometimes megabytes. */
    private static byte[] noise(SplittableRandom random) {
        int most = switch (random.nextInt(4)) {
            case 0 -> 1;
            case 1 -> 5_000;
            case 2 -> 300_000;
            default -> 3 << 20;
        };
        return RelayedSites.noise(random.nextLong(), random.nextInt(most));
    }

    /** Holds it; returns when both ends have seen its end. */
    void hold(ExecutorService executor) throws Exception {
        if (ending == Ending.RESET) {
            holdUntilReset(executor);
            return;
        }
        Future<Void> server = executor.submit(() -> {
            if (ending == Ending.IN_ORDER) {
                Future<Void> writing = executor.submit(() -> say(pair.server(), back));
                hear(pair.server(), forth);
                return writing.get();
            }
            hear(pair.server(), forth);
            return say(pair.server(), back);
        });
        Future<Void> writing = executor.submit(() -> say(pair.client(), forth));
        hear(pair.client(), back);
        writing.get();
        server.get();
    }

    private void holdUntilReset(ExecutorService executor) throws Exception {
        Socket one = byClient ? pair.client() : pair.server();
        Socket other = byClient ? pair.server() : pair.client();
        Future<Void> told = executor.submit(() -> {
            write(other, back);
            hearReset(other, forth);
            return null;
        });
        Future<Void> written = executor.submit(() -> {
            write(one, forth);
            return null;
        });
        expect(one.getInputStream().readNBytes(back.length), back, back.length);
        written.get();
        one.setSoLinger(true, 0);
        one.close();
        told.get();
    }

    private Void say(Socket to, byte[] bytes) throws IOException {
        write(to, bytes);
        to.shutdownOutput();
        return null;
    }

    private void write(Socket to, byte[] bytes) throws IOException {
        SplittableRandom random = new SplittableRandom(pieces);
        OutputStream out = to.getOutputStream();
        for (int at = 0; at < bytes.length; ) {
            int most = random.nextInt(4) == 0 ? PIECE_BYTES : 300;
            int piece = Math.min(bytes.length - at, 1 + random.nextInt(most));
            out.write(bytes, at, piece);
            at += piece;
        }
    }

    private void hear(Socket from, byte[] bytes) throws IOException {
        byte[] came = from.getInputStream().readAllBytes();
        expect(came, bytes, bytes.length);
    }

    /** The beginning of the bytes, and then a reset that does not look like an end. */
    private void hearReset(Socket from, byte[] bytes) throws IOException {
        byte[] came = new byte[bytes.length];
        InputStream in = from.getInputStream();
        int at = 0;
        try {
            int read = 0;
            while (at < came.length && (read = in.read(came, at, came.length - at)) >= 0) {
                at += read;
            }
            if (read < 0 || in.read() < 0) {
                throw new AssertionError("a reset came as an end, after " + at + " bytes: " + this);
            }
            throw new AssertionError("more bytes came than were written: " + this);
        } catch (SocketException reset) {
            expect(Arrays.copyOf(came, at), bytes, at);
        }
    }

    private void expect(byte[] came, byte[] bytes, int count) {
        int differs = Arrays.mismatch(came, 0, came.length, bytes, 0, count);
        if (differs >= 0) {
            throw new AssertionError(
                    came.length + " bytes came, other ones than were written from " + differs + " on: " + this);
        }
    }

    @Override
    public String toString() {
        return ending + (byClient ? " by the client, " : " by the server, ") + forth.length + " bytes forth, "
                + back.length + " back";
    }
}
