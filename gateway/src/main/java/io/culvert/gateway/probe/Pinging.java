package io.culvert.gateway.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Sends echo requests (RFC 792, RFC 4443): by a socket of the kind that an ordinary user may have where {@code net.ipv4.ping_group_range} lets it,
 * else by a raw one where this process may.
 */
final class Pinging implements AutoCloseable {

    static final int HEADER_BYTES = 8;

    private static final int V4_REQUEST = 8;
    private static final int V4_ANSWER = 0;
    private static final int V6_REQUEST = 128;
    private static final int V6_ANSWER = 129;
    private static final Duration GAP = Duration.ofMillis(20);

    /** Errors that Linux keeps for a socket that is a moment old, and packets that are taken at a time. */
    private static final int MAX_KEPT = 256;

    private static final int PAYLOAD_BYTES = 56;

    private final KernelSocket socket;
    private final boolean raw;
    private final int identifier;
    private int sequence;

    private Pinging(KernelSocket socket, boolean raw) {
        this.socket = socket;
        this.raw = raw;
        this.identifier = (int) (ProcessHandle.current().pid() ^ System.identityHashCode(socket)) & 0xffff;
    }

    /** Opens one to a host. @throws IOException if this process may not send echo requests */
    static Pinging open(InetAddress host) throws IOException {
        Pinging pinging = opened(Family.of(host));
        int error = pinging.socket.connect(host, 0);
        if (error != Errno.NONE) {
            pinging.close();
            throw new IOException(Errno.words(error));
        }
        pinging.forgetOthers();
        return pinging;
    }

    /** Until it was connected, a raw socket got the errors of everybody's echo requests. */
    private void forgetOthers() {
        for (int kept = 0; kept < MAX_KEPT && socket.icmp().isPresent(); kept++) {
            // it is gone with the look
        }
        int ignored = socket.takeError();
    }

    /** The same; nothing if this process may not. */
    static Optional<Pinging> ifAllowed(InetAddress host) {
        try {
            return Optional.of(open(host));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Pinging opened(Family family) throws IOException {
        try {
            return new Pinging(KernelSocket.open(family, KernelSocket.Kind.PING), false);
        } catch (IOException e) {
            try {
                return new Pinging(KernelSocket.open(family, KernelSocket.Kind.RAW_ICMP), true);
            } catch (IOException alsoRaw) {
                throw new IOException(
                        "this user may not send ICMP echo requests (sysctl net.ipv4.ping_group_range)", alsoRaw);
            }
        }
    }

    /** So long takes {@link #ping} at most. */
    static Duration most(int count, Duration limit) {
        return GAP.multipliedBy(count).plus(limit);
    }

    /** Sends some and counts the answers until all have come or the limit after the last one. */
    Facts.Echo ping(int count, Duration limit) throws InterruptedException {
        long[] sentNanos = new long[count];
        int first = sequence;
        Tally tally = new Tally(first, sentNanos);
        for (int i = 0; i < count && tally.error.isEmpty(); i++) {
            sentNanos[i] = System.nanoTime();
            long sent = send(PAYLOAD_BYTES);
            if (sent < 0 && sent != -Errno.EAGAIN) {
                socket.icmp().ifPresent(tally::failed);
            }
            collect(tally, System.nanoTime() + GAP.toNanos());
        }
        long untilNanos = System.nanoTime() + limit.toNanos();
        while (tally.answered.size() < count && tally.error.isEmpty() && System.nanoTime() < untilNanos) {
            collect(tally, untilNanos);
        }
        return tally.echo(count);
    }

    /** The sizes of IP packets, of those given, that get there and back with "don't fragment". */
    Set<Integer> pass(List<Integer> packetBytes, Duration limit) throws IOException, InterruptedException {
        socket.probeMtu();
        int first = sequence;
        for (int size : packetBytes) {
            send(size - socket.family().headerBytes - HEADER_BYTES);
        }
        Tally tally = new Tally(first, new long[packetBytes.size()]);
        long untilNanos = System.nanoTime() + limit.toNanos();
        while (tally.answered.size() < packetBytes.size() && System.nanoTime() < untilNanos) {
            collect(tally, untilNanos);
        }
        Set<Integer> passed = new HashSet<>();
        tally.answered.forEach(number -> passed.add(packetBytes.get(number - first)));
        return passed;
    }

    private long send(int payloadBytes) {
        boolean six = socket.family() == Family.IPV6;
        ByteBuffer packet = ByteBuffer.allocate(HEADER_BYTES + payloadBytes);
        packet.put((byte) (six ? V6_REQUEST : V4_REQUEST)).put((byte) 0).putShort((short) 0);
        packet.putShort((short) identifier).putShort((short) sequence++);
        if (raw && !six) {
            packet.putShort(2, checksum(packet.array()));
        }
        return socket.send(packet.array());
    }

    /** That of IP (RFC 1071). */
    static short checksum(byte[] bytes) {
        long sum = 0;
        for (int at = 0; at < bytes.length; at += 2) {
            int low = at + 1 < bytes.length ? bytes[at + 1] & 0xff : 0;
            sum += (bytes[at] & 0xff) << 8 | low;
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        return (short) ~sum;
    }

    private void collect(Tally tally, long untilNanos) throws InterruptedException {
        if (Polling.readable(List.of(socket), untilNanos).isEmpty()) {
            return;
        }
        socket.icmp().ifPresent(tally::failed);
        int ignored = socket.takeError(); // it is in the queue as well
        Optional<Messages.Datagram> next = socket.datagram();
        for (int taken = 1; next.isPresent(); taken++) { // of a flood some, and the rest with the next look
            tally.came(next.get());
            next = taken < MAX_KEPT ? socket.datagram() : Optional.empty();
        }
    }

    /** What has come of those that were sent. */
    private final class Tally {
        private final int first;
        private final long[] sentNanos;
        private final Set<Integer> answered = new HashSet<>();
        private double sumMillis;
        private OptionalInt hopLimit = OptionalInt.empty();
        private Optional<IcmpError> error = Optional.empty();

        Tally(int first, long[] sentNanos) {
            this.first = first;
            this.sentNanos = sentNanos;
        }

        void failed(IcmpError what) {
            error = Optional.of(what);
        }

        void came(Messages.Datagram datagram) {
            ByteBuffer packet = ByteBuffer.wrap(datagram.bytes());
            boolean six = socket.family() == Family.IPV6;
            int at = raw && !six && packet.hasRemaining() ? (packet.get(0) & 0xf) * 4 : 0;
            if (packet.remaining() < at + HEADER_BYTES || packet.get(at) != (byte) (six ? V6_ANSWER : V4_ANSWER)) {
                return;
            }
            int number = packet.getShort(at + 6) & 0xffff;
            boolean ours = !raw || (packet.getShort(at + 4) & 0xffff) == identifier;
            if (ours && number >= first && number < first + sentNanos.length && answered.add(number)) {
                sumMillis += (System.nanoTime() - sentNanos[number - first]) / 1e6;
                hopLimit = datagram.hopLimit();
            }
        }

        Facts.Echo echo(int sent) {
            int count = answered.size();
            OptionalDouble mean = count == 0 ? OptionalDouble.empty() : OptionalDouble.of(sumMillis / count);
            return new Facts.Echo("", sent, count, mean, hopLimit, error);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
