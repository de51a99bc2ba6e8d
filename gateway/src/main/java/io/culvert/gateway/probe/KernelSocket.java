package io.culvert.gateway.probe;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * A socket of Linux that never blocks, with what the JDK does not give: errno, error queue, TCP_INFO, options before connect.
 *
 * <p>Calls return errno, 0 if all is well, where a refusal by the network is an answer; they throw where it cannot be but a lack of this host. For
 * one thread; who opens it closes it. Closing a TCP socket resets its connection, so that nothing is sent again afterwards.
 */
final class KernelSocket implements AutoCloseable {

    /** Kinds of sockets, see socket(2). */
    enum Kind {
        TCP(1, 6),
        UDP(2, 17),
        PING(2, 0),
        RAW_ICMP(3, 0);

        private final int type;
        private final int protocol;

        Kind(int type, int protocol) {
            this.type = type;
            this.protocol = protocol;
        }
    }

    static final int MAX_DATAGRAM_BYTES = 64 << 10;

    private static final int NONBLOCK = 0x800;
    private static final int CLOEXEC = 0x8_0000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_ERROR = 4;
    private static final int SO_LINGER = 13;
    private static final int SOL_TCP = 6;
    private static final int TCP_NODELAY = 1;
    private static final int TCP_MAXSEG = 2;
    private static final int TCP_INFO = 11;
    private static final long SIOCOUTQ = 0x5411;
    private static final int NO_SIGNAL = 0x4000;
    private static final int SHUT_WR = 1;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment captured = arena.allocate(Libc.CAPTURED);
    private final MemorySegment word = arena.allocate(JAVA_INT);
    private final MemorySegment length = arena.allocate(JAVA_INT);
    private final Family family;
    private final Kind kind;
    private final int descriptor;
    private final Messages messages;

    private KernelSocket(Family family, Kind kind, int descriptor) {
        this.family = family;
        this.kind = kind;
        this.descriptor = descriptor;
        this.messages = new Messages(arena, family);
    }

    /** Opens one. @throws IOException if the kernel gives none: EPERM of one that needs rights, EACCES of a ping */
    static KernelSocket open(Family family, Kind kind) throws IOException {
        KernelSocket socket = new KernelSocket(family, kind, descriptor(family, kind));
        try {
            socket.set(family.level, family.receiveErrors, 1);
            if (kind == Kind.TCP) {
                socket.set(SOL_TCP, TCP_NODELAY, 1);
            } else {
                socket.set(family.level, family.receiveHopLimit, 1);
            }
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static int descriptor(Family family, Kind kind) throws IOException {
        int protocol = kind.protocol == 0 ? family.icmp : kind.protocol;
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = call.allocate(Libc.CAPTURED);
            int opened = (int) Libc.SOCKET.invokeExact(state, family.domain, kind.type | NONBLOCK | CLOEXEC, protocol);
            if (opened < 0) {
                throw new IOException("this process gets no socket: " + Errno.words(Libc.errno(state)));
            }
            return opened;
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw Libc.impossible(e);
        }
    }

    int descriptor() {
        return descriptor;
    }

    Family family() {
        return family;
    }

    /** Packets leave with this hop limit. */
    void hopLimit(int hops) throws IOException {
        set(family.level, family.hopLimit, hops);
    }

    /** Packets that come with a lower hop limit are as if they had not come; so a search finds out from how far they come (RFC 5082). */
    void minHopLimit(int hops) throws IOException {
        set(family.level, family.minHopLimit, hops);
    }

    /** Packets leave with "don't fragment", however large. */
    void probeMtu() throws IOException {
        set(family.level, family.mtuDiscover, Family.MTU_PROBE);
    }

    /** Before connecting: neither side sends larger segments. */
    void maxSegment(int bytes) throws IOException {
        set(SOL_TCP, TCP_MAXSEG, bytes);
    }

    private void set(int level, int option, int value) throws IOException {
        word.set(JAVA_INT, 0, value);
        int failed;
        try {
            failed = (int) Libc.SETSOCKOPT.invokeExact(captured, descriptor, level, option, word, Integer.BYTES);
        } catch (Throwable e) {
            throw Libc.impossible(e);
        }
        if (failed < 0) {
            throw new IOException("option " + option + " of level " + level + " cannot be set: " + words());
        }
    }

    /** Begins to connect; EINPROGRESS while it is under way. */
    int connect(InetAddress to, int port) {
        byte[] address = Family.socketAddress(to, port);
        try (Arena call = Arena.ofConfined()) {
            MemorySegment there = call.allocateFrom(JAVA_BYTE, address);
            int failed = (int) Libc.CONNECT.invokeExact(captured, descriptor, there, address.length);
            return failed < 0 ? Libc.errno(captured) : Errno.NONE;
        } catch (Throwable e) {
            throw Libc.impossible(e);
        }
    }

    /** What went wrong since the last look (SO_ERROR), and forgets it. */
    int takeError() {
        length.set(JAVA_INT, 0, Integer.BYTES);
        try {
            int failed = (int) Libc.GETSOCKOPT.invokeExact(captured, descriptor, SOL_SOCKET, SO_ERROR, word, length);
            return failed < 0 ? Libc.errno(captured) : word.get(JAVA_INT, 0);
        } catch (Throwable e) {
            throw Libc.impossible(e);
        }
    }

    /** The next ICMP error that was kept, if there is one. */
    Optional<IcmpError> icmp() {
        return messages.error(captured, descriptor);
    }

    /** The next datagram, if there is one. */
    Optional<Messages.Datagram> datagram() {
        return messages.datagram(captured, descriptor);
    }

    /** Hands bytes to the kernel; how many it took, or minus errno. */
    long send(byte[] bytes) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment from = call.allocateFrom(JAVA_BYTE, bytes);
            long sent = (long) Libc.SEND.invokeExact(captured, descriptor, from, (long) bytes.length, NO_SIGNAL);
            return sent < 0 ? -Libc.errno(captured) : sent;
        } catch (Throwable e) {
            throw Libc.impossible(e);
        }
    }

    /** Takes what has come into {@code into}: how many bytes, 0 at the end, or minus errno; -EAGAIN if nothing has. */
    int receive(byte[] into) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment to = call.allocate(into.length);
            long got = (long) Libc.RECV.invokeExact(captured, descriptor, to, (long) into.length, NO_SIGNAL);
            if (got < 0) {
                return -Libc.errno(captured);
            }
            MemorySegment.copy(to, JAVA_BYTE, 0, into, 0, (int) got);
            return (int) got;
        } catch (Throwable e) {
            throw Libc.impossible(e);
        }
    }

    TcpInfo tcpInfo() throws IOException {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment raw = call.allocate(TcpInfo.BYTES, Long.BYTES);
            length.set(JAVA_INT, 0, TcpInfo.BYTES);
            int failed = (int) Libc.GETSOCKOPT.invokeExact(captured, descriptor, SOL_TCP, TCP_INFO, raw, length);
            if (failed < 0) {
                throw new IOException("TCP_INFO cannot be had: " + words());
            }
            return TcpInfo.read(ByteBuffer.wrap(raw.toArray(JAVA_BYTE)).order(ByteOrder.nativeOrder()));
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw Libc.impossible(e);
        }
    }

    /** What was handed to the kernel and is not acknowledged: Send-Q of ss(8). */
    int unackedBytes() throws IOException {
        int failed;
        try {
            failed = (int) Libc.IOCTL.invokeExact(captured, descriptor, SIOCOUTQ, word);
        } catch (Throwable e) {
            throw Libc.impossible(e);
        }
        if (failed < 0) {
            throw new IOException("the send queue's length cannot be had: " + words());
        }
        return word.get(JAVA_INT, 0);
    }

    /** Sends FIN; what the far side sends can still be received. */
    void shutdownOutput() {
        try {
            int ignored = (int) Libc.SHUTDOWN.invokeExact(
                    captured, descriptor, SHUT_WR); // of one that was reset it fails, which is as well
        } catch (Throwable e) {
            throw Libc.impossible(e);
        }
    }

    private String words() {
        return Errno.words(Libc.errno(captured));
    }

    @Override
    public void close() {
        if (!arena.scope().isAlive()) {
            return;
        }
        try {
            if (kind == Kind.TCP) {
                MemorySegment linger = arena.allocateFrom(JAVA_INT, 1, 0);
                int ignored = (int) Libc.SETSOCKOPT.invokeExact(
                        captured, descriptor, SOL_SOCKET, SO_LINGER, linger, 2 * Integer.BYTES);
            }
            int ignored = (int) Libc.CLOSE.invokeExact(captured, descriptor);
        } catch (Throwable e) {
            throw Libc.impossible(e);
        } finally {
            arena.close();
        }
    }
}
