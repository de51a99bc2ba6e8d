package io.culvert.gateway.stream;

import io.culvert.proto.frame.Frame;
import io.grpc.MethodDescriptor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Keeps a stream to one peer: dials whenever there is none, with back-off. One virtual thread.
 *
 * <p>A peer of several gateways has several endpoints, of which one has the stream: the others say so, are passed over at once, and asked
 * again soon, because the one that had it may just have died.
 */
final class Dialler implements Runnable {

    /** The peer's site is alive, and one of its gateways is about to have the stream. */
    private static final Duration SOON = Duration.ofSeconds(1);

    private final Peer peer;
    private final int number;
    private final Supplier<List<InetSocketAddress>> endpoints;
    private final StreamSettings settings;
    private final PeerSecurity security;
    private final Transport transport;
    private final MethodDescriptor<Frame, Frame> method;
    private final Dial.Linker linker;
    private final BackOff backOff;
    private int attempts;
    private int tried;
    private boolean elsewhere;

    Dialler(
            Peer peer,
            int number,
            Supplier<List<InetSocketAddress>> endpoints,
            StreamSettings settings,
            PeerSecurity security,
            PeerStreams.Engine engine) {
        this.peer = peer;
        this.number = number;
        this.endpoints = endpoints;
        this.settings = settings;
        this.security = security;
        this.transport = engine.transport();
        this.method = engine.method();
        this.linker = engine.linker();
        this.backOff =
                new BackOff(settings.timing().backOffMin(), settings.timing().backOffMax(), settings.random());
    }

    @Override
    public void run() {
        try {
            while (peer.awaitDown(number)) {
                attempt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void attempt() throws InterruptedException {
        List<InetSocketAddress> all = endpoints.get();
        InetSocketAddress endpoint = all.get(Math.floorMod(tried, all.size()));
        long startedNanos = settings.ticker().getAsLong();
        String why;
        String refusal = null;
        try {
            Dial dial =
                    new Dial(peer.name(), address(endpoint), security, transport, method, settings.ticker(), linker);
            why = dial.run(settings.timing().hello());
            refusal = dial.refusal();
            elsewhere |= dial.isElsewhere();
        } catch (UnknownHostException e) {
            why = "the name " + endpoint.getHostString() + " is not known here";
        }
        boolean steady = settings.ticker().getAsLong() - startedNanos
                >= settings.timing().steadyAfter().toNanos();
        if (steady) {
            backOff.reset();
        } else {
            tried++;
        }
        peer.failed(why, refusal, steady || Math.floorMod(tried, all.size()) == 0 ? roundOver() : Duration.ZERO);
    }

    /** All endpoints were tried once: how long to wait. */
    private Duration roundOver() {
        Duration wait = backOff.next();
        boolean soon = elsewhere && wait.compareTo(SOON) > 0;
        elsewhere = false;
        return soon ? SOON : wait;
    }

    /** One of the name's addresses, another one at each attempt. */
    private InetSocketAddress address(InetSocketAddress endpoint) throws UnknownHostException {
        InetAddress[] addresses = InetAddress.getAllByName(endpoint.getHostString());
        return new InetSocketAddress(addresses[Math.floorMod(attempts++, addresses.length)], endpoint.getPort());
    }
}
