package io.culvert.gateway.loopback;

import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free TCP ports of the loopback address, for processes that are told their port before they start.
 *
 * <p>A port that the kernel itself chooses lies where outgoing connections get theirs, and may be one of those by the time it is
 * listened on. So ports are drawn from below that range (ip(7), {@code ip_local_port_range}), where only who asks for a port by
 * its number gets it.
 */
public final class LoopbackPorts {

    private static final Path OUTGOING = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    private static final int LEAST = 10_000;
    private static final int LEAST_CHOICE = 1_000;
    private static final int RANGE_BYTES = 64;
    private static final int ANY = 0;
    private static final int MAX_DRAWS = 1_000;

    /** Of this process: who was given one may not listen on it yet when the next one asks. */
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private LoopbackPorts() {}

    /**
     * Different ports that nobody listens on now, and that nobody in this process was given before.
     *
     * @throws BindException if so many are not found
     */
    public static List<Integer> free(int count) throws IOException {
        int firstOutgoing = firstOutgoing();
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int draw = 0; held.size() < count; draw++) {
                if (draw == count + MAX_DRAWS) {
                    throw new BindException("found no " + count + " free ports of the loopback address");
                }
                hold(draw(firstOutgoing), held);
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    private static int draw(int firstOutgoing) {
        return firstOutgoing < LEAST + LEAST_CHOICE
                ? ANY
                : ThreadLocalRandom.current().nextInt(LEAST, firstOutgoing);
    }

    private static void hold(int port, List<ServerSocket> held) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            if (GIVEN.add(socket.getLocalPort())) {
                held.add(socket);
            } else {
                socket.close();
            }
        } catch (BindException taken) {
            socket.close();
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
