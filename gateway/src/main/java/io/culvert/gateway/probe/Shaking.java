package io.culvert.gateway.probe;

import io.culvert.gateway.probe.Facts.Handshake;
import io.culvert.gateway.probe.Facts.Tls;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** One TLS handshake as a client that trusts anybody and remembers what it saw, so that a stranger in between can be described. */
final class Shaking {

    private static final Duration LIMIT = Duration.ofMillis(4_000);
    /** To a port that has opened before: for a SYN that is lost once. */
    private static final Duration CONNECT_LIMIT = Duration.ofMillis(1_500);

    /** More that who sends a byte at a time gets. */
    private static final Duration TRICKLE_LIMIT = Duration.ofMillis(1_000);

    /** No longer takes {@link #run}. */
    static final Duration MOST = CONNECT_LIMIT.plus(LIMIT).plus(TRICKLE_LIMIT);

    private static final int MAX_SHOWN = 200;
    private static final int ALERT = 21;
    private static final int HANDSHAKE = 22;
    private static final String CULVERT_ISSUER = "Culvert CA of site ";

    private final int port;
    private final Expectation expectation;
    private final KernelSocket socket;
    private final TlsWitness witness = new TlsWitness();
    private final SSLEngine engine;
    private final ByteBuffer out;
    private final ByteBuffer in;
    private final ByteBuffer plain;
    private final long untilNanos;
    private boolean first = true;

    private Shaking(int port, Expectation expectation, KernelSocket socket) throws IOException {
        this.port = port;
        this.expectation = expectation;
        this.socket = socket;
        this.engine = witness.engine(expectation);
        this.out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        this.in = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        this.plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        this.untilNanos = System.nanoTime() + LIMIT.toNanos();
    }

    /**
     * Shakes hands.
     *
     * @param maxSegment that the far side may send; 0: as the interface has it
     */
    static Handshake run(InetAddress host, int port, int maxSegment, Expectation expectation)
            throws IOException, InterruptedException {
        Connecting.Order order = new Connecting.Order(port, 0, maxSegment);
        try (Connecting.Tried tried = Connecting.one(host, order, CONNECT_LIMIT)) {
            return tried.answer().isOpen()
                    ? new Shaking(port, expectation, tried.open()).run()
                    : ended(port, expectation, Tls.STALLED, "the port does not open any more");
        }
    }

    private static Handshake ended(int port, Expectation expectation, Tls state, String why) {
        return new Handshake(
                port, state, expectation.isKnown(), "", false, false, "", "", false, "", why, Optional.empty());
    }

    private Handshake run() throws IOException, InterruptedException {
        try {
            engine.beginHandshake();
            while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
                String over = step();
                if (!over.isEmpty()) {
                    return seen(state(over), over);
                }
            }
            return seen(Tls.DONE, "");
        } catch (SSLException e) {
            return seen(Tls.REFUSED, String.valueOf(e.getMessage()));
        }
    }

    private static final String SILENCE = "nothing came within ";

    /** One step of the engine; why it is over, if it is. */
    private String step() throws IOException, InterruptedException {
        return switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> {
                for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                    task.run();
                }
                yield "";
            }
            case NEED_WRAP -> {
                out.clear();
                engine.wrap(ByteBuffer.allocate(0), out);
                byte[] bytes = new byte[out.flip().remaining()];
                out.get(bytes);
                long sent = bytes.length == 0 ? 0 : socket.send(bytes);
                yield sent < 0 ? "the connection was closed" : "";
            }
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> unwrap();
            case FINISHED, NOT_HANDSHAKING -> "";
        };
    }

    private String unwrap() throws IOException, InterruptedException {
        in.flip();
        var result = engine.unwrap(in, plain.clear());
        in.compact();
        return switch (result.getStatus()) {
            case OK -> "";
            case CLOSED -> "the far side closed it";
            case BUFFER_UNDERFLOW -> fill();
            case BUFFER_OVERFLOW ->
                throw new IllegalStateException("a record fits the buffer that the session asks for");
        };
    }

    private String fill() throws InterruptedException {
        boolean over = System.nanoTime() > untilNanos + TRICKLE_LIMIT.toNanos(); // who sends a byte at a time
        while (!over) {
            over = System.nanoTime() >= untilNanos; // one more look then: it may be this process that was not there
            byte[] bytes = new byte[in.remaining()];
            int got = socket.receive(bytes);
            if (got > 0) {
                if (first && bytes[0] != ALERT && bytes[0] != HANDSHAKE) {
                    return NOT_TLS;
                }
                first = false;
                in.put(bytes, 0, got);
                return "";
            }
            if (got != -Errno.EAGAIN) {
                return got == 0 ? "the far side closed the connection" : "the connection was reset";
            }
            Polling.readable(List.of(socket), untilNanos);
        }
        return SILENCE + LIMIT.toSeconds() + " s";
    }

    private static final String NOT_TLS = "what came is not TLS";

    /** Who never spoke TLS did not refuse it. */
    private Tls state(String over) {
        if (over.startsWith(SILENCE)) {
            return Tls.STALLED;
        }
        return over.equals(NOT_TLS) ? Tls.NOT_TLS : first ? Tls.CUT_OFF : Tls.REFUSED;
    }

    private Handshake seen(Tls state, String why) {
        List<X509Certificate> presented = witness.presented();
        X509Certificate leaf = presented.isEmpty() ? null : presented.getFirst();
        String named = leaf == null ? "" : leaf.getIssuerX500Principal().getName();
        boolean known = leaf != null && expectation.isIssuer(leaf);
        String trouble = presented.isEmpty() || !expectation.isKnown() ? "" : expectation.trouble(presented);
        String alpn = state == Tls.DONE ? engine.getApplicationProtocol() : "";
        return new Handshake(
                port,
                state,
                expectation.isKnown(),
                shown(named),
                known,
                named.contains(CULVERT_ISSUER),
                shown(trouble),
                alpn == null ? "" : alpn,
                witness.isAsked(),
                state == Tls.DONE ? engine.getSession().getProtocol() : "",
                shown(why),
                Optional.empty());
    }

    /** What a stranger may have made up, bounded and in one line. */
    static String shown(String text) {
        String clean = text.replaceAll("\\p{Cntrl}", "?");
        return clean.length() <= MAX_SHOWN ? clean : clean.substring(0, MAX_SHOWN - 1) + "…";
    }
}
