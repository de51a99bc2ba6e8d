package io.culvert.gateway.cli;

import io.culvert.gateway.admin.JobState;
import io.culvert.gateway.admin.JobView;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.PeerView;
import io.culvert.gateway.admin.StreamView;
import io.culvert.gateway.admin.client.GatewayClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Notices that a job waits for a peer that is down, so that nobody waits with it (rule 6): at once if the job never got
 * through to the peer, after a while if the stream was lost on the way.
 */
final class PeerAbsence {
    /** Lets a stream that was just cut come back. */
    static final Duration AT_FIRST = Duration.ofSeconds(2);

    static final Duration LATER = Duration.ofMinutes(2);

    private final GatewayClient gateway;
    private final LongSupplier ticker;
    private final Set<String> gotThrough = new HashSet<>();
    private final Map<String, Long> waitingSince = new HashMap<>();

    PeerAbsence(GatewayClient gateway, LongSupplier ticker) {
        this.gateway = gateway;
        this.ticker = ticker;
    }

    /** The sentence about the peer, if it has been down for too long for anybody to wait for this job. */
    Optional<String> sentence(JobView job) throws OperationException {
        if (job.progress().entries() > 0) {
            gotThrough.add(job.id());
        }
        Optional<PeerView> down = job.state() == JobState.WAITING ? down(job) : Optional.empty();
        if (down.isEmpty()) {
            waitingSince.remove(job.id());
            return Optional.empty();
        }
        long now = ticker.getAsLong();
        long since = waitingSince.computeIfAbsent(job.id(), id -> now);
        Duration patience = gotThrough.contains(job.id()) ? LATER : AT_FIRST;
        return now - since < patience.toNanos() ? Optional.empty() : Optional.of(sentence(job, down.get()));
    }

    private Optional<PeerView> down(JobView job) throws OperationException {
        return gateway.peers().stream()
                .filter(peer -> job.peer().filter(peer.name()::equals).isPresent())
                .filter(peer -> peer.stream().state() != StreamView.State.UP
                        && peer.stream().through().isEmpty())
                .findFirst();
    }

    private static String sentence(JobView job, PeerView peer) {
        return "peer " + peer.name() + " is down since "
                + Words.time(peer.stream().since()) + " ("
                + Words.word(peer.stream().state()) + "): " + peer.stream().reason() + "; job " + job.id()
                + " waits and goes on by itself when it is back: start the gateway there with \"systemctl start culvert\","
                + " or end the job with \"culvert job cancel " + job.id() + "\"";
    }
}
