package io.culvert.gateway.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Finds out who sends what comes in a host's name, by the hops that it makes. */
final class Senders {

    private static final Duration LEAST_SEARCH = Duration.ofMillis(250);

    private final InetAddress host;
    private final Notebook notebook;
    private final Map<Integer, OptionalInt> hopLimits = new HashMap<>();

    Senders(InetAddress host, Notebook notebook) {
        this.host = host;
        this.notebook = notebook;
    }

    /** Who sent a port's reset; UNKNOWN also if there is no time to find out. */
    Answer.Sender ofReset(int port, List<Integer> open, Deadline deadline) throws IOException, InterruptedException {
        OptionalInt its = search(port, deadline);
        OptionalInt hosts = its.isEmpty() ? its : ofHost(open, deadline);
        return its.isEmpty() || hosts.isEmpty()
                ? Answer.Sender.UNKNOWN
                : Hops.of(its.getAsInt()) < Hops.of(hosts.getAsInt())
                        ? Answer.Sender.NEARER
                        : Hops.of(its.getAsInt()) == Hops.of(hosts.getAsInt())
                                ? Answer.Sender.HOST
                                : Answer.Sender.UNKNOWN;
    }

    /** Who resets connections in which these bytes are sent; UNKNOWN also if there is no time to find out. */
    Answer.Sender ofResetBy(int port, byte[] bytes, Deadline deadline) throws IOException, InterruptedException {
        OptionalInt hosts = ofHost(List.of(port), deadline);
        return hosts.isEmpty()
                ? Answer.Sender.UNKNOWN
                : sender(hosts.getAsInt(), least -> isSeen(port, bytes, least, deadline));
    }

    private Optional<Boolean> isSeen(int port, byte[] bytes, int least, Deadline deadline)
            throws IOException, InterruptedException {
        if (!deadline.allows(Exchanging.resetMost(roundTrip()))) {
            notebook.cut(Part.PAYLOAD, "port " + port + ", hops of a reset");
            return Optional.empty();
        }
        return Exchanging.isResetSeen(host, port, bytes, least, roundTrip());
    }

    /** Whether a reset comes with this hop limit at least; nothing if that is not known. */
    interface Trial {
        Optional<Boolean> comes(int least) throws IOException, InterruptedException;
    }

    /**
     * Who sent a reset, by at most four trials. A reset may begin with another hop limit than the host's other packets, as resets of some systems do,
     * so that one that comes with a higher one has not therefore made fewer hops.
     */
    static Answer.Sender sender(int hosts, Trial trial) throws IOException, InterruptedException {
        Optional<Boolean> higher = hosts == 255 ? Optional.of(false) : trial.comes(hosts + 1);
        if (higher.isEmpty() || !higher.get()) {
            return higher.isEmpty() ? Answer.Sender.UNKNOWN : Answer.Sender.HOST;
        }
        int begun = Hops.begun(hosts);
        while (begun < 255) {
            Optional<Boolean> above = hosts == begun ? higher : trial.comes(begun + 1);
            if (above.isEmpty()) {
                return Answer.Sender.UNKNOWN;
            }
            if (!above.get()) {
                break;
            }
            begun = Hops.begun(begun + 1);
        }
        if (begun == Hops.begun(hosts)) {
            return Answer.Sender.NEARER;
        }
        int fewer = begun - Hops.of(hosts) + 1;
        return fewer <= begun && trial.comes(fewer).equals(Optional.of(true))
                ? Answer.Sender.NEARER
                : Answer.Sender.UNKNOWN;
    }

    /** The hop limit with which what is certainly the host's comes: of an open port, else of echoes. */
    private OptionalInt ofHost(List<Integer> open, Deadline deadline) throws IOException, InterruptedException {
        if (open.isEmpty()) {
            return notebook.echo.hopLimit();
        }
        int port = open.getFirst();
        if (!hopLimits.containsKey(port)) {
            hopLimits.put(port, search(port, deadline));
        }
        OptionalInt found = hopLimits.getOrDefault(port, OptionalInt.empty());
        return found.isPresent() ? found : notebook.echo.hopLimit();
    }

    private OptionalInt search(int port, Deadline deadline) throws IOException, InterruptedException {
        Duration roundTrip = roundTrip();
        Duration each = each(roundTrip);
        boolean time = deadline.allows(Connecting.usualSearch(each, roundTrip));
        OptionalInt found = time ? Connecting.hopLimitOfAnswer(host, port, each, deadline) : OptionalInt.empty();
        if (!time || found.isEmpty() && !deadline.allows(each)) {
            notebook.cut(Part.CONNECT, "port " + port + ", hops of its answer");
        }
        return found;
    }

    private Duration roundTrip() {
        return Duration.ofMillis((long) notebook.echo.roundTripMillis().orElse(100));
    }

    /** For an answer that comes in a round trip, and as much again. */
    static Duration each(Duration roundTrip) {
        return LEAST_SEARCH.plus(roundTrip.multipliedBy(2));
    }
}
