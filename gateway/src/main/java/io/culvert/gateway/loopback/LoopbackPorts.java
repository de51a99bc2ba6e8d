package io.culvert.gateway.loopback;

import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Free TCP ports of the loopback address, for processes that are told their port before they start. Thread-safe.
 *
 * <p>A port that the kernel itself chooses lies where outgoing connections get theirs, and may be one of those by the time it is
 * listened on. So ports are drawn from below that range (ip(7), {@code ip_local_port_range}), where only who asks for a port by
 * its number gets it.
 *
 * <p>Other processes of this host draw, too, perhaps at this moment. So each takes blocks of ports for itself, by a socket that is bound to
 * the first of a block, and not listened on, until the process ends.
 */
public final class LoopbackPorts {

    private static final Path OUTGOING = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    private static final int LEAST = 10_000;
    private static final int LEAST_CHOICE = 1_000;
    private static final int RANGE_BYTES = 64;
    private static final int ANY = 0;
    private static final int MAX_DRAWS = 1_000;
    private static final int BLOCK_PORTS = 64;

    /** Guards everything below. */
    private static final ReentrantLock LOCK = new ReentrantLock();

    /** Of this process: who was given one may not listen on it yet when the next one asks. */
    private static final Set<Integer> GIVEN = new HashSet<>();

    /** What holds this process's blocks. */
    private static final List<Socket> HELD = new ArrayList<>();

    /** Of the newest block, the next port and the one behind the last. */
    private static int next;

    private static int end;

    private LoopbackPorts() {}

    /**
     * Different ports that nobody listens on now, and that nobody was given before who asked here, in this process or another that runs.
     *
     * @throws BindException if so many are not found
     */
    public static List<Integer> free(int count) throws IOException {
        LOCK.lock();
        try {
            int firstOutgoing = firstOutgoing();
            List<Integer> ports = new ArrayList<>();
            for (int draw = 0; ports.size() < count; draw++) {
                if (draw == count + MAX_DRAWS) {
                    throw new BindException("found no " + count + " free ports of the loopback address");
                }
                int port = firstOutgoing < LEAST + LEAST_CHOICE ? tried(ANY) : nextOfBlock(firstOutgoing);
                if (port != ANY && GIVEN.add(port)) {
                    ports.add(port);
                }
            }
            return ports;
        } finally {
            LOCK.unlock();
        }
    }

    /** The next port of the block if it is free, else none. */
    private static int nextOfBlock(int firstOutgoing) throws IOException {
        if (next == end && !takeBlock(firstOutgoing)) {
            return ANY;
        }
        return tried(next++);
    }

    /** Draws a block, and returns whether it was to be had. */
    private static boolean takeBlock(int firstOutgoing) throws IOException {
        int blocks = (firstOutgoing - LEAST) / BLOCK_PORTS;
        int first = LEAST + ThreadLocalRandom.current().nextInt(blocks) * BLOCK_PORTS;
        Socket holder = new Socket();
        try {
            holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), first));
        } catch (BindException taken) {
            holder.close();
            return false;
        }
        HELD.add(holder);
        next = first + 1;
        end = first + BLOCK_PORTS;
        return true;
    }

    /** This port if nobody listens on it, else none; of the kernel's choice if none is asked for. */
    private static int tried(int port) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket.getLocalPort();
        } catch (BindException taken) {
            return ANY;
        }
    }

    /** The first port that an outgoing connection may get; 0 if that cannot be known here. */
    private static int firstOutgoing() throws IOException {
        if (!Files.isReadable(OUTGOING)) {
            return 0;
        }
        try (InputStream range = Files.newInputStream(OUTGOING)) {
            // In one read: what follows the first one is empty, and Files.readString begins with a single byte.
            byte[] bytes = range.readNBytes(RANGE_BYTES);
            return Integer.parseInt(
                    new String(bytes, StandardCharsets.US_ASCII).strip().split("\\s+")[0]);
        }
    }
}
