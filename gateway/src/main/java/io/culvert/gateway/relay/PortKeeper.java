package io.culvert.gateway.relay;

import java.io.Closeable;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the ports of a virtual address open that are wanted now, and no others: opens them in order, tells when all that can be had
 * are open, then closes those that are wanted no more. One that cannot be had yet, because the address is not there, is tried again
 * every few seconds.
 *
 * <p>One virtual thread from the start to {@link #close}; ports are opened and closed on it alone.
 */
final class PortKeeper implements AutoCloseable {

    /** Opens a port; whoever is returned closes it. */
    @FunctionalInterface
    interface Opener {
        /** @throws IOException if it cannot be had, now */
        Closeable open(Port port) throws IOException;
    }

    /**
     * Whether all ports are open.
     *
     * @param since when that became so
     * @param trouble one sentence if they are not
     */
    record State(boolean serving, Instant since, String trouble) {}

    /** The ports, and who is told which of them are open. */
    private record Wish(Set<Port> ports, Consumer<Set<Port>> then) {}

    private static final Logger LOG = LoggerFactory.getLogger(PortKeeper.class);
    private static final Duration RETRY = Duration.ofSeconds(5);

    /** What the kernel says of EADDRNOTAVAIL. */
    private static final String NO_ADDRESS = "Cannot assign requested address";

    private final String name;
    private final InetAddress address;
    private final Opener opener;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Wish wish;
    private final Map<Port, Closeable> open = new HashMap<>();
    private final Thread thread;
    private volatile State state;

    /**
     * @param name of the appliance
     * @param ports wanted first, in the order in which they are opened
     * @param then told on the thread of this keeper which of these are open, after each round
     */
    PortKeeper(
            String name,
            InetAddress address,
            Opener opener,
            InstantSource clock,
            Set<Port> ports,
            Consumer<Set<Port>> then) {
        this.name = name;
        this.address = address;
        this.opener = opener;
        this.clock = clock;
        this.wish = new Wish(new LinkedHashSet<>(ports), then);
        this.state = new State(false, clock.instant(), "its ports are being bound");
        this.thread = Thread.ofVirtual().name("relay-keeper " + name).unstarted(this::keep);
    }

    void start() {
        thread.start();
    }

    State state() {
        return state;
    }

    /** Wants these ports from now on; those of before that are not among them are closed after {@code then} was told. */
    void want(Set<Port> ports, Consumer<Set<Port>> then) {
        lock.lock();
        try {
            wish = new Wish(new LinkedHashSet<>(ports), then);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void keep() {
        try {
            while (true) {
                Wish now = wished();
                String trouble = openAll(now.ports());
                Set<Port> had = new LinkedHashSet<>(now.ports());
                had.retainAll(open.keySet());
                now.then().accept(had);
                closeOthers(now.ports());
                note(trouble, now.ports().size());
                awaitReason(now, trouble);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Wish wished() {
        lock.lock();
        try {
            return wish;
        } finally {
            lock.unlock();
        }
    }

    private void awaitReason(Wish done, String trouble) throws InterruptedException {
        lock.lock();
        try {
            long leftNanos = RETRY.toNanos();
            while (wish == done && (trouble.isEmpty() || leftNanos > 0)) {
                if (trouble.isEmpty()) {
                    changed.await();
                } else {
                    leftNanos = changed.awaitNanos(leftNanos);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void note(String trouble, int ports) {
        State before = state;
        if (trouble.isEmpty() && !before.serving()) {
            state = new State(true, clock.instant(), "");
            LOG.atInfo()
                    .addKeyValue("appliance", name)
                    .log("{} is served at {}, its ports: {}", name, address.getHostAddress(), ports);
        } else if (!trouble.equals(before.trouble())) {
            state = new State(false, before.serving() ? clock.instant() : before.since(), trouble);
            LOG.atWarn().addKeyValue("appliance", name).log("{}", trouble);
        }
    }

    /** Says what could not be opened, empty if all is. */
    private String openAll(Set<Port> ports) {
        Map<String, Set<Port>> failed = new TreeMap<>();
        for (Port port : ports) {
            if (!open.containsKey(port)) {
                try {
                    open.put(port, opener.open(port));
                } catch (IOException e) {
                    failed.computeIfAbsent(String.valueOf(e.getMessage()), why -> new LinkedHashSet<>())
                            .add(port);
                }
            }
        }
        if (failed.isEmpty()) {
            return "";
        }
        String at = address.getHostAddress();
        if (failed.containsKey(NO_ADDRESS)) {
            return "this host has not the address " + at + " of " + name + "; \"ip addr add " + at
                    + (address instanceof Inet6Address ? "/128" : "/32")
                    + " dev lo\" gives it, until the next boot";
        }
        return "ports of " + name + " at " + at + " that cannot be had: "
                + failed.entrySet().stream()
                        .map(why -> why.getValue().stream().map(String::valueOf).collect(Collectors.joining(", "))
                                + " (" + why.getKey() + ")")
                        .collect(Collectors.joining("; "));
    }

    private void closeOthers(Set<Port> wanted) {
        for (Port port : Set.copyOf(open.keySet())) {
            Closeable closed = wanted.contains(port) ? null : open.remove(port);
            if (closed != null) {
                close(port, closed);
            }
        }
    }

    private void close(Port port, Closeable opened) {
        try {
            opened.close();
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("appliance", name).log("port {} did not close: {}", port, e.getMessage());
        }
    }

    /** Closes all ports. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(); // or it might open a port behind what is closed here
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        open.forEach(this::close);
        open.clear();
    }
}
