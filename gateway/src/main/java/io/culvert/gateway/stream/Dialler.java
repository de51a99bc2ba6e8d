package io.culvert.gateway.stream;

import io.culvert.proto.frame.Frame;
import io.grpc.MethodDescriptor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/** Keeps a stream to one peer: dials whenever there is none, with back-off. One virtual thread. */
final class Dialler implements Runnable {

    private final Peer peer;
    private final int number;
    private final String host;
    private final int port;
    private final StreamSettings settings;
    private final PeerSecurity security;
    private final Transport transport;
    private final MethodDescriptor<Frame, Frame> method;
    private final Dial.Linker linker;
    private final BackOff backOff;
    private int attempts;

    Dialler(
            Peer peer,
            int number,
            String host,
            int port,
            StreamSettings settings,
            PeerSecurity security,
            PeerStreams.Engine engine) {
        this.peer = peer;
        this.number = number;
        this.host = host;
        this.port = port;
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
        long startedNanos = settings.ticker().getAsLong();
        String why;
        String refusal = null;
        try {
            Dial dial = new Dial(peer.name(), address(), security, transport, method, settings.ticker(), linker);
            why = dial.run(settings.timing().hello());
            refusal = dial.refusal();
        } catch (UnknownHostException e) {
            why = "the name " + host + " is not known here";
        }
        if (settings.ticker().getAsLong() - startedNanos
                >= settings.timing().steadyAfter().toNanos()) {
            backOff.reset();
        }
        Duration wait = backOff.next();
        peer.failed(why, refusal, wait);
    }

    /** One of the name's addresses, another one at each attempt. */
    private InetSocketAddress address() throws UnknownHostException {
        InetAddress[] addresses = InetAddress.getAllByName(host);
        return new InetSocketAddress(addresses[Math.floorMod(attempts++, addresses.length)], port);
    }
}
