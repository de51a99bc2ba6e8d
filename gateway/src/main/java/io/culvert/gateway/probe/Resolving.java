package io.culvert.gateway.probe;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks for a name's addresses as this host's programs do, for a limited time. */
final class Resolving {

    /** What came of it. @param problem why there is no address @param isLate it was not waited for any longer */
    record Resolved(List<InetAddress> addresses, String problem, boolean isLate, long millis) {}

    private Resolving() {}

    /** Asks. @param limit after which there is no address */
    static Resolved run(String name, Names names, Duration limit) throws InterruptedException {
        long sinceNanos = System.nanoTime();
        CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("probe-names").start(() -> {
            try {
                answer.complete(List.of(names.lookUp(name)));
            } catch (UnknownHostException | RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        String problem;
        boolean late = false;
        try {
            return new Resolved(answer.get(limit.toMillis(), TimeUnit.MILLISECONDS), "", false, millis(sinceNanos));
        } catch (ExecutionException e) {
            problem = "the name " + name + " is not known here"
                    + (e.getCause() instanceof UnknownHostException ? "" : ": " + e.getCause());
        } catch (TimeoutException e) {
            late = true;
            problem = "the name service did not answer within " + limit.toSeconds() + " s";
        }
        return new Resolved(List.of(), problem, late, millis(sinceNanos));
    }

    private static long millis(long sinceNanos) {
        return Duration.ofNanos(System.nanoTime() - sinceNanos).toMillis();
    }

    /** Whether this host has a way there: an own address, and of IPv6 one that is not of this site alone while the other is of the world (RFC 4193). */
    static boolean isWay(InetAddress to) {
        return localAddress(to).filter(from -> isOfUse(from, to)).isPresent();
    }

    /** Linux takes whatever address it has, if there is a default route; answers to one that nobody routes do not come. */
    static boolean isOfUse(InetAddress from, InetAddress to) {
        return !(to instanceof Inet6Address && isGlobal(to)) || isGlobal(from);
    }

    /** 2000::/3. */
    private static boolean isGlobal(InetAddress six) {
        return (six.getAddress()[0] & 0xe0) == 0x20;
    }

    /** This host's own address towards another one, which is what filters there see; nothing is sent. */
    static Optional<InetAddress> localAddress(InetAddress to) {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(to, Portmapping.PORT));
            return Optional.of(socket.getLocalAddress()).filter(address -> !address.isAnyLocalAddress());
        } catch (IOException | java.io.UncheckedIOException e) {
            return Optional.empty(); // there is no route: the steps say so
        }
    }
}
