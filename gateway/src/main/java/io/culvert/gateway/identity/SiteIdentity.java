package io.culvert.gateway.identity;

import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * The identity of the running gateway, put together: CA, leaf and its renewal, peers, TLS, enrolment.
 *
 * <p>A server must serve {@link #service} and everything else behind {@link #gate}, on {@link TlsContexts#forAccepting}.
 * Close it when the server and every stream are closed.
 */
public final class SiteIdentity implements AutoCloseable {
    static final int JOINS_PER_MINUTE = 10;
    static final int NOTICES_PER_MINUTE = 10;
    static final int REFUSALS_LOGGED_PER_MINUTE = 6;

    /**
     * What the site file says of it.
     *
     * @param advertise where peers reach this site's one port
     * @param hostNames names and addresses that go into the leaf beside its identity, at most 16
     * @param siteFile what one more gateway of this site begins with
     * @param gateways what other gateways know of further ones
     */
    public record Settings(
            Path stateDir, Endpoint advertise, List<String> hostNames, SiteFile siteFile, SiteGateways gateways) {
        public Settings {
            hostNames = List.copyOf(hostNames);
        }

        /** Of a gateway that gives no other its identity. */
        public Settings(Path stateDir, Endpoint advertise, List<String> hostNames) {
            this(stateDir, advertise, hostNames, SiteFile.NONE, SiteGateways.ALONE);
        }
    }

    /**
     * What it needs from the process.
     *
     * @param tickerNanos a clock that only runs forwards, such as {@link System#nanoTime}
     * @param executor runs short tasks that block on files; virtual threads serve
     */
    public record Surroundings(
            InstantSource clock,
            LongSupplier tickerNanos,
            SecureRandom random,
            Scheduler scheduler,
            Executor executor) {}

    private final SiteAuthority authority;
    private final PeerRegistry peers;
    private final SharedPeers sharedPeers;
    private final PeerVerifier verifier;
    private final TlsContexts contexts;
    private final LeafRenewal renewal;
    private final Enrolment enrolment;
    private final GatewayInviting gatewayInviting;
    private final RefusalNotices notices;
    private final PeerGate gate;
    private final ServerServiceDefinition service;

    private SiteIdentity(Settings settings, Surroundings around) throws IOException {
        authority = SiteAuthority.open(settings.stateDir(), around.clock(), around.random());
        peers = PeerRegistry.open(settings.stateDir(), around.clock());
        sharedPeers = new SharedPeers(authority, peers);
        LeafRenewal.Issuer issuer = () -> authority.issueLeaf(settings.hostNames());
        LeafKeyManager keys = new LeafKeyManager(issuer.issue());
        renewal = new LeafRenewal(issuer, keys, around.clock(), around.scheduler());
        verifier = new PeerVerifier(peers, authority.certificate(), around.clock());
        contexts = new TlsContexts(authority.site(), peers, verifier, keys);
        enrolment = new Enrolment(authority, peers, settings.advertise());
        gatewayInviting = new GatewayInviting(authority, sharedPeers, settings);
        notices = new RefusalNotices(authority.site(), peers, contexts, around.clock());
        gate = new PeerGate(contexts, new AttemptLimit(REFUSALS_LOGGED_PER_MINUTE, around.tickerNanos()));
        service = service(around);
    }

    private ServerServiceDefinition service(Surroundings around) {
        AttemptLimit joins = new AttemptLimit(JOINS_PER_MINUTE, around.tickerNanos());
        AttemptLimit tellings = new AttemptLimit(NOTICES_PER_MINUTE, around.tickerNanos());
        return ServerServiceDefinition.builder(EnrolmentMethods.SERVICE)
                .addMethod(
                        EnrolmentMethods.JOIN,
                        new UnprovenCalls<>(joins, around.scheduler(), around.executor(), enrolment.answers()))
                .addMethod(
                        EnrolmentMethods.ADD_GATEWAY,
                        new UnprovenCalls<>(joins, around.scheduler(), around.executor(), gatewayInviting))
                .addMethod(
                        EnrolmentMethods.REFUSED,
                        new UnprovenCalls<>(tellings, around.scheduler(), around.executor(), notices.answers()))
                .build();
    }

    /** Opens the identity that {@link SiteAuthority#init} made, issues a first leaf and starts to renew it. */
    public static SiteIdentity open(Settings settings, Surroundings around) throws IOException {
        SiteIdentity identity = new SiteIdentity(settings, around);
        identity.contexts.onRefused(refused -> around.executor().execute(() -> identity.notices.tellDialled(refused)));
        identity.renewal.start();
        return identity;
    }

    public String site() {
        return authority.site();
    }

    /** This gateway's number at its site, from 1; its certificates carry it. */
    public int gateway() {
        return authority.gateway();
    }

    /** The numbers of all gateways of this site that this one knows of, itself included. */
    public Set<Integer> gateways() {
        return authority.gateways();
    }

    /** SHA-256 of the CA certificate, for people to compare. */
    public String fingerprint() {
        return authority.fingerprint();
    }

    public PeerRegistry peers() {
        return peers;
    }

    /** A peer that is not revoked, to compare certificates with. */
    public Optional<PinnedPeer> pinned(String peer) {
        return peers.find(peer).filter(one -> !one.isRevoked()).map(one -> new PinnedPeer(one, verifier));
    }

    /** The peers as the gateways of this site tell each other of them. */
    public SharedPeers sharedPeers() {
        return sharedPeers;
    }

    public TlsContexts contexts() {
        return contexts;
    }

    public Enrolment enrolment() {
        return enrolment;
    }

    /**
     * Makes a one-time token with which one more gateway of this site is set up ({@link GatewayJoin}).
     *
     * @param life how long it may be used, at most 7 days
     * @throws JoinRefusedException if too many invitations are kept
     */
    public String inviteGateway(Duration life) throws IOException {
        return gatewayInviting.invite(life).encode();
    }

    public RefusalNotices notices() {
        return notices;
    }

    /** The outermost interceptor of the server. */
    public PeerGate gate() {
        return gate;
    }

    /** The enrolment methods, to be served on the one port. */
    public ServerServiceDefinition service() {
        return service;
    }

    public LeafStatus leafStatus() {
        return renewal.status();
    }

    /** A certificate for {@code admin.listen}. @param hostNames what browsers may call it */
    public AdminCertificate adminCertificate(List<String> hostNames) throws IOException {
        return AdminCertificate.issue(authority, hostNames);
    }

    @Override
    public void close() {
        renewal.close();
    }
}
