package io.culvert.gateway.address;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses that this gateway gives to its host, each for as long as it is owned and a few seconds more. Set with {@code ip} of
 * iproute2, which needs CAP_NET_ADMIN. Thread-safe.
 *
 * <p>An address goes to the interface whose network it is of, or to {@code lo} if it is of none, and is routed here. One that the host
 * has already is left as it is.
 */
public final class HostAddresses implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HostAddresses.class);

    /** How long the kernel keeps an address without news: less than a lease, of which two thirds may have passed when it is given. */
    static final Duration LIFE = Duration.ofSeconds(4);

    private static final Duration EACH = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int MAX_SAID_BYTES = 2_000;

    /** Announcements after an address came, one a look: the first may be lost. */
    private static final int ANNOUNCEMENTS = 3;

    private static final class Given {
        private final String device;
        private final BooleanSupplier owned;
        private volatile int announced;

        private Given(String device, BooleanSupplier owned) {
            this.device = device;
            this.owned = owned;
        }
    }

    private final Map<InetAddress, Given> given = new ConcurrentHashMap<>();
    private final Thread thread = Thread.ofVirtual().name("host-addresses").unstarted(this::run);

    /** Begins to renew what it gives. */
    public static HostAddresses start() {
        HostAddresses addresses = new HostAddresses();
        addresses.thread.start();
        return addresses;
    }

    /**
     * Gives an address to the host, unless it has it.
     *
     * @param owned whether it is still to be here, asked before each renewal; at once
     * @throws IOException if it cannot be set; the message says what is missing
     */
    public void take(InetAddress address, BooleanSupplier owned) throws IOException {
        if (isPermanent(address)) {
            return;
        }
        Given fresh = new Given(network(address).map(NetworkInterface::getName).orElse("lo"), owned);
        ip(List.of(line("replace", address, fresh)));
        given.put(address, fresh);
        LOG.atInfo().addKeyValue("address", address.getHostAddress()).log("is at this host now, on {}", fresh.device);
        announce(address, fresh);
    }

    /** Whether somebody else gave it to the host, for good; a former run of this gateway gave it for seconds. */
    private static boolean isPermanent(InetAddress address) throws IOException {
        return NetworkInterface.getByInetAddress(address) != null
                && ip(List.of("address show to " + prefixed(address))).contains("valid_lft forever");
    }

    /** Takes an address away that was given. */
    public void leave(InetAddress address) {
        Given was = given.remove(address);
        if (was == null) {
            return;
        }
        try {
            ip(List.of("address delete " + prefixed(address) + " dev " + was.device));
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("address", address.getHostAddress())
                    .log("ends by itself within {} s: {}", LIFE.toSeconds(), e.getMessage());
        }
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(EACH);
                renew();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void renew() {
        List<String> lines = given.entrySet().stream()
                .filter(one -> one.getValue().owned.getAsBoolean())
                .map(one -> line("replace", one.getKey(), one.getValue()))
                .toList();
        if (lines.isEmpty()) {
            return;
        }
        try {
            ip(lines);
        } catch (IOException e) {
            LOG.warn(
                    "addresses of this host are not renewed, and end within {} s: {}",
                    LIFE.toSeconds(),
                    e.getMessage());
        }
        given.forEach(this::announce);
    }

    private void announce(InetAddress address, Given to) {
        if (to.announced >= ANNOUNCEMENTS) {
            return;
        }
        to.announced++;
        try {
            Optional<NetworkInterface> on = network(address);
            if (on.isEmpty()) {
                return;
            }
            if (address instanceof Inet4Address ipv4) {
                GratuitousArp.announce(ipv4, on.get());
            } else if (address instanceof Inet6Address ipv6) {
                NeighbourAdvertisement.announce(ipv6, on.get());
            }
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("address", address.getHostAddress())
                    .log("is not announced, hosts beside this one find it within a minute: {}", e.getMessage());
        }
    }

    /** The interface whose network an address is of. */
    static Optional<NetworkInterface> network(InetAddress address) throws SocketException {
        Enumeration<NetworkInterface> all = NetworkInterface.getNetworkInterfaces();
        while (all.hasMoreElements()) {
            NetworkInterface one = all.nextElement();
            if (one.isUp() && !one.isLoopback()) {
                for (InterfaceAddress has : one.getInterfaceAddresses()) {
                    if (contains(has, address)) {
                        return Optional.of(one);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static boolean contains(InterfaceAddress network, InetAddress address) {
        byte[] one = network.getAddress().getAddress();
        byte[] other = address.getAddress();
        int bits = network.getNetworkPrefixLength();
        if (one.length != other.length || bits <= 0 || bits >= 8 * one.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((one[bit / 8] & mask) != (other[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    private static String line(String verb, InetAddress address, Given to) {
        return "address " + verb + " " + prefixed(address) + " dev " + to.device + " valid_lft " + LIFE.toSeconds()
                + " preferred_lft " + LIFE.toSeconds() + (address instanceof Inet4Address ? "" : " nodad");
    }

    private static String prefixed(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return (zone < 0 ? text : text.substring(0, zone)) + (address instanceof Inet4Address ? "/32" : "/128");
    }

    /** Runs all lines in one child, and returns what it says; nothing in them is from outside but addresses that were parsed. */
    private static String ip(List<String> lines) throws IOException {
        Process child;
        try {
            child = new ProcessBuilder("ip", "-batch", "-")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new IOException("ip cannot be run (apt install iproute2): " + e.getMessage(), e);
        }
        try {
            try (OutputStream to = child.getOutputStream()) {
                to.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.US_ASCII));
            }
            String said = new String(child.getInputStream().readNBytes(MAX_SAID_BYTES), StandardCharsets.UTF_8);
            if (!child.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("ip did not end within " + PATIENCE.toSeconds() + " s");
            }
            if (child.exitValue() != 0) {
                throw new IOException(
                        "ip: " + said.strip().replace('\n', ' ')
                                + " (to move addresses the gateway needs CAP_NET_ADMIN and CAP_NET_RAW: drop-in addresses.conf)");
            }
            return said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the gateway is ending");
        } finally {
            child.destroyForcibly();
        }
    }

    /** Takes away what it gave. */
    @Override
    public void close() {
        thread.interrupt();
        List.copyOf(given.keySet()).forEach(this::leave);
    }
}
