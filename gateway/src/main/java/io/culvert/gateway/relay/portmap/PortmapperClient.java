package io.culvert.gateway.relay.portmap;

import io.culvert.dedupe.chunk.Slice;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Asks a real portmapper by TCP what is registered there: DUMP of version 4, else 3, else 2, each in a connection of its own.
 * Blocks, for a limited time in all; holds at most {@link #MAX_RECORD_BYTES} of the answer.
 */
public final class PortmapperClient {

    /** The longest answer that is read; that of a server with 300 programs is shorter. */
    static final int MAX_RECORD_BYTES = 64 << 10;

    private static final long XID = 0x43_75_6c_76L;
    private static final int HIGHEST = 4;
    private static final int LOWEST = 2;

    private final InetSocketAddress portmapper;
    private final long endNanos;

    private PortmapperClient(InetSocketAddress portmapper, Duration limit) {
        this.portmapper = portmapper;
        this.endNanos = System.nanoTime() + limit.toNanos();
    }

    /**
     * What is registered for TCP and UDP, in the portmapper's order, at most 1,024 entries.
     *
     * @throws IOException if it cannot be reached, says nothing in time, or tells nothing that can be understood
     */
    public static List<Binding> dump(InetSocketAddress portmapper, Duration limit) throws IOException {
        if (portmapper.isUnresolved()) {
            throw new IOException("the name " + portmapper.getHostString() + " is not known here");
        }
        try {
            return new PortmapperClient(portmapper, limit).dump();
        } catch (SocketTimeoutException e) {
            throw new IOException(name(portmapper) + " does not answer within " + limit.toSeconds() + " s", e);
        } catch (MalformedXdrException e) {
            throw new IOException(name(portmapper) + " gives an answer that " + e.getMessage(), e);
        }
    }

    private static String name(InetSocketAddress portmapper) {
        return "the portmapper at " + portmapper.getHostString() + ":" + portmapper.getPort();
    }

    private List<Binding> dump() throws IOException, MalformedXdrException {
        String why = "";
        for (int version = HIGHEST; version >= LOWEST; version--) {
            switch (ask(version)) {
                case DumpAnswer.Entries entries -> {
                    return entries.bindings();
                }
                case DumpAnswer.Rejected rejected -> why = rejected.why();
            }
        }
        throw new IOException(name(portmapper) + " does not tell what it has: " + why);
    }

    private DumpAnswer ask(long version) throws IOException, MalformedXdrException {
        try (Socket socket = new Socket()) {
            try {
                socket.connect(portmapper, leftMillis());
            } catch (SocketTimeoutException e) {
                throw e;
            } catch (IOException e) {
                throw new IOException(name(portmapper) + ": " + e.getMessage(), e);
            }
            socket.getOutputStream().write(RecordAssembler.marked(DumpAnswer.call(XID, version)));
            RecordAssembler records = new RecordAssembler(MAX_RECORD_BYTES);
            byte[] buffer = new byte[4 << 10];
            while (true) {
                socket.setSoTimeout(leftMillis());
                int count = socket.getInputStream().read(buffer);
                if (count < 0) {
                    return new DumpAnswer.Rejected("it closes the connection at version " + version);
                }
                Optional<Slice> reply = records.take(ByteBuffer.wrap(buffer, 0, count));
                if (reply.isPresent()) {
                    return DumpAnswer.read(reply.get(), XID, version, portmapper.getAddress() instanceof Inet6Address);
                }
            }
        }
    }

    private int leftMillis() throws SocketTimeoutException {
        long left = Duration.ofNanos(endNanos - System.nanoTime()).toMillis();
        if (left <= 0) {
            throw new SocketTimeoutException();
        }
        return (int) Math.min(left, Integer.MAX_VALUE);
    }
}
