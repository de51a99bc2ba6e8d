package io.culvert.gateway.identity;

import io.culvert.gateway.identity.EnrolmentMethods.Incoming;
import io.culvert.proto.v1.RefusalNotice;
import io.culvert.proto.v1.RefusalReceipt;
import io.grpc.Grpc;
import io.grpc.ServerCall;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells an acceptor why this side refused it, and hears the same from others.
 *
 * <p>A dialling side refuses inside the TLS handshake, where the acceptor would see only an alert, and gRPC shows it
 * nothing at all. So the refusing side dials once more for this one call, which says the reason's name and its own
 * site's, and nothing else. The hearer marks whether the teller proved who it is.
 */
public final class RefusalNotices {
    /** The same reason is told to the same site again only after this time. */
    static final Duration REPEAT_AFTER = Duration.ofMinutes(10);

    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(RefusalNotices.class);

    /**
     * What another site said of this one's certificate.
     *
     * @param bySite the site that says it refused this one
     * @param isProven whether it proved to be that site; else it may be anybody
     */
    public record Heard(String bySite, PeerRefusal reason, boolean isProven, Instant at) {}

    private record Told(PeerRefusal reason, Instant at) {}

    private final String site;
    private final PeerVerifier.Known peers;
    private volatile Function<String, Optional<Endpoint>> overrides = peer -> Optional.empty();
    private final TlsContexts contexts;
    private final InstantSource clock;
    private final Map<String, Told> told = new ConcurrentHashMap<>();
    private final List<Consumer<Heard>> listeners = new CopyOnWriteArrayList<>();

    RefusalNotices(String site, PeerVerifier.Known peers, TlsContexts contexts, InstantSource clock) {
        this.site = site;
        this.peers = peers;
        this.contexts = contexts;
        this.clock = clock;
    }

    /** Adds a listener for each notice that comes in; it must be short and must not throw. */
    public void onHeard(Consumer<Heard> listener) {
        listeners.add(listener);
    }

    /**
     * Tells the acceptor at an endpoint that this site refused it, unless it was told the same a short while ago. Blocks
     * for up to 5 seconds.
     *
     * @param refused as {@link Refusals#in} found it; a refusal by the other side is not told back
     * @return what the acceptor in turn holds against this site, if anything
     * @throws UnreachableException if it cannot be told
     */
    public Optional<PeerRefusedException> tell(String peer, Endpoint acceptor, PeerRefusedException refused)
            throws IOException {
        if (refused.by() == PeerRefusedException.By.THERE || !isNews(peer, refused.reason())) {
            return Optional.empty();
        }
        RefusalNotice notice = RefusalNotice.newBuilder()
                .setVersion(JoinProofs.VERSION)
                .setReason(refused.reason().name())
                .setBySite(site)
                .build();
        try {
            var unused = OneCall.to(acceptor, contexts.forTellingRefusal())
                    .make(EnrolmentMethods.REFUSED, new Incoming.Value<>(notice), DEADLINE);
            return Optional.empty();
        } catch (StatusRuntimeException e) {
            Optional<PeerRefusedException> mutual = Refusals.in(e, peer);
            if (mutual.isPresent()) {
                return mutual;
            }
            told.remove(peer);
            throw new UnreachableException(
                    "could not tell " + peer + " at " + acceptor + " that it is refused: "
                            + e.getStatus().getCode() + " " + Refusals.sentence(e.getStatus()),
                    e);
        }
    }

    /** Where the site file of the moment says that a peer is dialled, in place of where it enrolled; asked each time. */
    public void endpoints(Function<String, Optional<Endpoint>> fromSiteFile) {
        overrides = fromSiteFile;
    }

    /** Tells a refused acceptor where it is dialled; that it cannot be told is only logged. */
    void tellDialled(PeerRefusedException refused) {
        String peer = refused.site().orElse("");
        Optional<Endpoint> endpoint =
                peers.find(peer).map(known -> overrides.apply(peer).orElse(known.endpoint()));
        if (endpoint.isEmpty()) {
            return;
        }
        try {
            tell(peer, endpoint.get(), refused)
                    .ifPresent(mutual -> LOG.atWarn()
                            .addKeyValue("peer", peer)
                            .addKeyValue("reason", mutual.reason())
                            .log(mutual.getMessage()));
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("peer", peer).log(e.getMessage());
        }
    }

    private boolean isNews(String peer, PeerRefusal reason) {
        Instant now = clock.instant();
        Told before = told.put(peer, new Told(reason, now));
        boolean isNews = before == null || before.reason() != reason || isLongAgo(before.at(), now);
        if (!isNews) {
            told.put(peer, before);
        }
        return isNews;
    }

    private static boolean isLongAgo(Instant before, Instant now) {
        return Duration.between(before, now).abs().compareTo(REPEAT_AFTER) >= 0;
    }

    /** What the server's method Refused does. */
    UnprovenCalls.Answer<RefusalNotice, RefusalReceipt> answers() {
        return new UnprovenCalls.Answer<>() {
            @Override
            public void beforeReading() {
                // anyone may tell: the bounds of UnprovenCalls are the only rule
            }

            @Override
            public RefusalReceipt answer(RefusalNotice notice, ServerCall<?, ?> call) throws IOException {
                return hear(notice, call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
            }
        };
    }

    private RefusalReceipt hear(RefusalNotice notice, @Nullable SSLSession session) throws IOException {
        PeerRefusal reason = Refusals.byName(PeerRefusal.class, notice.getReason())
                .filter(known -> SiteName.isLegal(notice.getBySite()))
                .orElseThrow(() -> new JoinRefusedException(
                        JoinRefusal.MALFORMED_MESSAGE, "the notice is refused: a reason or a site name is unknown"));
        Optional<PeerRefusedException> doubt = doubt(notice.getBySite(), session);
        Heard heard = new Heard(notice.getBySite(), reason, doubt.isEmpty(), clock.instant());
        LOG.atWarn()
                .addKeyValue("peer", heard.bySite())
                .addKeyValue("reason", reason)
                .addKeyValue("proven", heard.isProven())
                .log("peer {} refuses this site: {}", heard.bySite(), reason);
        listeners.forEach(listener -> listener.accept(heard));
        if (doubt.isPresent()) {
            throw doubt.get();
        }
        return RefusalReceipt.getDefaultInstance();
    }

    private Optional<PeerRefusedException> doubt(String bySite, @Nullable SSLSession session) {
        if (session == null) {
            return Optional.of(PeerRefusedException.here(PeerRefusal.NO_CERTIFICATE, bySite, ""));
        }
        try {
            PeerIdentity teller = contexts.verifyAccepted(session);
            return Optional.of(teller)
                    .filter(Predicate.not(proven -> proven.site().equals(bySite)))
                    .map(other -> PeerRefusedException.here(
                            PeerRefusal.WRONG_SITE, bySite, ": it is that of " + other.site()));
        } catch (PeerRefusedException e) {
            return Optional.of(e);
        }
    }
}
