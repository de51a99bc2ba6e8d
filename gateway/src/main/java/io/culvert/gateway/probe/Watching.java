package io.culvert.gateway.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Watches a host behind an RPC call: whether it dies for this one, and when it comes back. Sends nothing that is RPC. */
final class Watching {

    private static final Duration LOOK_LIMIT = Duration.ofMillis(600);
    /** Until a SYN that was lost is sent again, and a little: a look that is to be sure waits that long. */
    private static final Duration RETRANSMISSION = Duration.ofMillis(1_500);

    private static final int SURE_ECHOES = 3;
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration TRACE_LIMIT = Duration.ofMillis(500);
    private static final Duration TRACES_LIMIT = Duration.ofSeconds(3);

    private final InetAddress host;
    private final @Nullable Pinging echo;
    private final int callPort;
    private final int otherPort;
    private final int hops;
    private final Duration quick;

    /**
     * @param echo to a host that answered before; null if it did not
     * @param otherPort that is open as well; 0 if there is none
     * @param hops to the host, as an earlier traceroute found
     * @param roundTripMillis to the host, as it was before
     */
    Watching(InetAddress host, @Nullable Pinging echo, int callPort, int otherPort, int hops, double roundTripMillis) {
        this.host = host;
        this.echo = echo;
        this.callPort = callPort;
        this.otherPort = otherPort;
        this.hops = hops;
        this.quick = LOOK_LIMIT.plusMillis(Math.round(3 * roundTripMillis));
    }

    /** What it needs to see that the host dies. */
    Duration least() {
        return most(1, quick).plus(PAUSE).plus(most(SURE_ECHOES, quick.plus(RETRANSMISSION)));
    }

    private static Duration most(int echoes, Duration limit) {
        return Pinging.most(echoes, limit.dividedBy(2)).plus(limit);
    }

    private record Look(boolean echo, boolean call, boolean other, double seconds) {}

    /**
     * Watches.
     *
     * @param calledNanos when the call was sent, of {@link System#nanoTime}
     * @param death how long to wait for the host to die
     * @param limit until when to wait for it to come back; allows {@link #least}
     * @return nothing if it did not die
     */
    Optional<Facts.Outage> run(long calledNanos, Duration death, Deadline limit)
            throws IOException, InterruptedException {
        long deathNanos = System.nanoTime() + death.toNanos();
        Look dead = look(calledNanos, 1, quick);
        while (dead.call()) {
            if (System.nanoTime() > deathNanos || !limit.allows(least())) {
                return Optional.empty();
            }
            Thread.sleep(PAUSE);
            dead = look(calledNanos, 1, quick);
        }
        Look again = look(calledNanos, SURE_ECHOES, quick.plus(RETRANSMISSION));
        if (again.call()) {
            return Optional.empty(); // one that was lost
        }
        Optional<Facts.Route> route = Optional.of(Tracing.trace(host, hops, TRACE_LIMIT, limit.within(TRACES_LIMIT))
                .route());
        Look last = awaitBack(again, calledNanos, limit);
        return Optional.of(new Facts.Outage(
                callPort,
                echo != null && !again.echo(),
                otherPort,
                otherPort != 0 && !again.other(),
                last.call() ? OptionalDouble.of(last.seconds()) : OptionalDouble.empty(),
                last.seconds(),
                route));
    }

    /** The first look of two that saw it alive, or the last one. */
    private Look awaitBack(Look dead, long calledNanos, Deadline limit) throws IOException, InterruptedException {
        Look last = dead;
        while (limit.allows(most(1, quick).multipliedBy(2).plus(PAUSE))) {
            last = look(calledNanos, 1, quick);
            if (last.call() && look(calledNanos, 1, quick).call()) {
                return last;
            }
            Thread.sleep(PAUSE);
        }
        return last.call() ? dead : last;
    }

    private Look look(long calledNanos, int echoes, Duration limit) throws IOException, InterruptedException {
        double seconds = (System.nanoTime() - calledNanos) / 1e9;
        boolean answers = echo != null && echo.ping(echoes, limit.dividedBy(2)).isAlive();
        List<Connecting.Order> orders = new ArrayList<>(List.of(Connecting.Order.to(callPort)));
        if (otherPort != 0) {
            orders.add(Connecting.Order.to(otherPort));
        }
        List<Connecting.Tried> tried = Connecting.all(host, orders, limit);
        tried.forEach(Connecting.Tried::close);
        return new Look(
                answers,
                tried.getFirst().answer().isOpen(),
                otherPort != 0 && tried.getLast().answer().isOpen(),
                seconds);
    }
}
