package io.culvert.gateway.bench;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.identity.Endpoint;
import io.culvert.gateway.identity.Peer;
import io.culvert.gateway.identity.Scheduler;
import io.culvert.gateway.identity.SiteAuthority;
import io.culvert.gateway.identity.SiteIdentity;
import io.culvert.gateway.identity.TlsContexts;
import io.culvert.gateway.stream.Channel;
import io.culvert.gateway.stream.ChannelHandler;
import io.culvert.gateway.stream.PeerSecurity;
import io.culvert.gateway.stream.PeerStreams;
import io.culvert.gateway.stream.StreamException;
import io.culvert.gateway.stream.StreamListener;
import io.culvert.gateway.stream.StreamSettings;
import io.culvert.proto.channel.ChannelKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Two sites in this process, near and far, and the stream between them: TCP on the loopback interface, mutual TLS with
 * certificates of two CAs, everything as between two gateways.
 *
 * <p>Their keys lie in a directory that is the caller's to remove. Closing ends stream and identities; idempotent.
 */
final class BenchSites implements AutoCloseable {

    private static final String NEAR = "near";
    private static final String FAR = "far";
    private static final int CONNECT_SECONDS = 20;

    private record Site(SiteIdentity identity, X509Certificate authority, PeerStreams streams) {

        String host() {
            return streams.address().getAddress().getHostAddress();
        }

        int port() {
            return streams.address().getPort();
        }
    }

    private final InstantSource clock = InstantSource.system();
    private final SecureRandom random = new SecureRandom();
    private final Deque<Runnable> closing = new ArrayDeque<>();
    private final ScheduledExecutorService timers;
    private final ExecutorService tasks;
    private final Site near;
    private final Site far;

    private BenchSites(Path directory, Function<TlsContexts, PeerSecurity> security)
            throws IOException, InterruptedException {
        boolean up = false;
        try {
            timers = Executors.newSingleThreadScheduledExecutor();
            closing.push(timers::shutdownNow);
            tasks = Executors.newVirtualThreadPerTaskExecutor();
            closing.push(tasks::close);
            near = open(NEAR, directory, security);
            far = open(FAR, directory, security);
            trust(near, far, true);
            trust(far, near, false);
            connect();
            up = true;
        } finally {
            if (!up) {
                close();
            }
        }
    }

    /**
     * Makes both sites and waits for the stream.
     *
     * @param directory for their keys; exists
     * @param security what the stream asks about peers, made of a site's TLS
     * @throws IOException if the stream does not come up within 20 seconds
     */
    static BenchSites open(Path directory, Function<TlsContexts, PeerSecurity> security)
            throws IOException, InterruptedException {
        return new BenchSites(directory, security);
    }

    private Site open(String name, Path directory, Function<TlsContexts, PeerSecurity> security) throws IOException {
        Path stateDir = directory.resolve(name);
        InetSocketAddress listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        SiteAuthority authority = SiteAuthority.init(stateDir, name, clock, random);
        // Nobody is invited, so that what is advertised does not matter.
        Endpoint advertise = new Endpoint(listen.getHostString(), 1);
        SiteIdentity identity = SiteIdentity.open(
                new SiteIdentity.Settings(stateDir, advertise, List.of()),
                new SiteIdentity.Surroundings(clock, System::nanoTime, random, Scheduler.of(timers), tasks));
        closing.push(identity::close);
        PeerStreams streams = PeerStreams.start(
                StreamSettings.of(name, listen, List.of(identity.service())), security.apply(identity.contexts()));
        closing.push(streams::close);
        return new Site(identity, authority.certificate(), streams);
    }

    private void trust(Site here, Site there, boolean dials) throws IOException {
        here.identity
                .peers()
                .add(new Peer(
                        there.identity.site(),
                        new Endpoint(there.host(), there.port()),
                        dials,
                        List.of(there.authority),
                        Set.of(),
                        clock.instant(),
                        null));
    }

    private void connect() throws IOException, InterruptedException {
        CountDownLatch up = new CountDownLatch(2);
        StreamListener listener = new StreamListener() {
            @Override
            public void up(String peer) {
                up.countDown();
            }

            @Override
            public void down(String peer, String why) {}
        };
        near.streams.addListener(listener);
        far.streams.addListener(listener);
        near.streams.dial(FAR, far.host(), far.port());
        if (!up.await(CONNECT_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("no stream within " + CONNECT_SECONDS + " s: "
                    + near.streams.status(FAR).why());
        }
    }

    /** What far does with the channels of this kind that near opens. */
    void serve(ChannelKind kind, ChannelHandler handler) {
        far.streams.onOpen(kind, handler);
    }

    /** Opens a channel from near to far. */
    Channel open(ChannelKind kind) throws StreamException {
        return near.streams.open(FAR, kind, Slice.empty());
    }

    @Override
    public void close() {
        while (!closing.isEmpty()) {
            closing.pop().run();
        }
    }
}
