package io.culvert.gateway.checkpoint.doctor;

import io.culvert.gateway.checkpoint.EtcdFailure;
import io.culvert.gateway.checkpoint.EtcdMember;
import io.culvert.gateway.checkpoint.doctor.EtcdDoctor.ReplacementHeard;
import io.culvert.gateway.checkpoint.doctor.EtcdDoctor.Wish;
import io.etcd.jetcd.api.MemberAddRequest;
import io.etcd.jetcd.api.MemberPromoteRequest;
import io.etcd.jetcd.api.MemberRemoveRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces a member by one that begins empty, as {@link ReplacementPlan} says: a backup, the old one removed, the new one added as a
 * learner, awaited and promoted. It may be broken off at any point, also by a crash: the cluster itself is the only memory, and the next
 * call goes on. One at a time, and not while one is defragmented.
 */
final class Replacement {

    private static final Logger LOG = LoggerFactory.getLogger(Replacement.class);
    private static final Duration CALL = Duration.ofSeconds(10);
    /** etcd 3.4 takes 1 to 3 s for it. */
    private static final Duration ELECTION = Duration.ofSeconds(10);
    /** etcd refuses to change its members for some seconds after one has come back. */
    private static final Duration INSIST = Duration.ofMinutes(1);
    /** In which a person goes to the other host and starts it. */
    private static final Duration START = Duration.ofHours(1);

    private static final Duration HEALTH = Duration.ofMinutes(1);
    private static final Duration LOOK = Duration.ofMillis(500);
    /** One that was broken off by its client hears of it after a moment. */
    private static final Duration OTHER = Duration.ofSeconds(5);

    private final ClusterReader reader;
    private final Upkeep upkeep;
    private final Backups backups;
    private final InstantSource clock;
    private final ReentrantLock running;

    /** @param running held by what changes the members or makes one pause: one at a time */
    Replacement(ClusterReader reader, Upkeep upkeep, Backups backups, InstantSource clock, ReentrantLock running) {
        this.reader = reader;
        this.upkeep = upkeep;
        this.backups = backups;
        this.clock = clock;
        this.running = running;
    }

    /** See {@link EtcdDoctor#replace}. */
    EtcdDoctor.Replaced run(Wish wish, ReplacementHeard heard) throws IOException, InterruptedException {
        if (!running.tryLock(OTHER.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new RefusedUpkeepException("etcd is being defragmented, or a member replaced, already");
        }
        try {
            return replace(wish, heard);
        } finally {
            running.unlock();
        }
    }

    private EtcdDoctor.Replaced replace(Wish wish, ReplacementHeard heard) throws IOException, InterruptedException {
        ClusterReading now = readLed();
        if (now.clusterId() == 0) {
            throw new IOException("no member of etcd answers: " + Upkeep.troubles(now));
        }
        ReplacementPlan plan = ReplacementPlan.of(now, wish);
        long learner = change(now, plan, wish, heard);
        ClusterReading grown = awaitNamed(learner);
        MemberReading added = grown.member(learner).orElseThrow();
        String name = added.isStarted()
                ? added.name()
                : plan.removed()
                        .filter(MemberReading::isStarted)
                        .map(MemberReading::name)
                        .orElse(wish.member());
        if (!added.isStarted()) {
            heard.step(new Step(
                    "at " + wish.peerUrl().getHost()
                            + ": stop etcd, put its data away, and start it with the options that it had"
                            + " (TLS among them) and these, which may also stand as ETCD_... in /etc/default/etcd:",
                    StartLines.of(grown, added, name, plan.removed())));
        }
        awaitPromoted(learner, name, heard);
        LOG.info("etcd: {} ({}) votes", name, Long.toHexString(learner));
        heard.step(Step.of(name + " has caught up and is a full member"));
        return awaitWell(learner, name, wish);
    }

    /** When they have elected a leader, if they do so soon. */
    private ClusterReading readLed() throws InterruptedException {
        long endNanos = System.nanoTime() + ELECTION.toNanos();
        while (true) {
            ClusterReading now = reader.read(clock.instant());
            if (now.leader().isPresent() || now.clusterId() == 0 || System.nanoTime() - endNanos > 0) {
                return now;
            }
            Thread.sleep(LOOK);
        }
    }

    // ---- changing the members

    /**
     * Removes the old one and adds the new one, each if that is still to be done; returns the id of the new one. Says nothing in between,
     * as that is no place to stop.
     */
    private long change(ClusterReading now, ReplacementPlan plan, Wish wish, ReplacementHeard heard)
            throws IOException, InterruptedException {
        boolean adds = plan.learner().isEmpty();
        if (adds) {
            new PeerAddress(reader.tls()).check(wish.peerUrl(), otherUrls(now, plan));
        }
        String adding = adds ? "adding " + wish.peerUrl() + " as a learner" : wish.peerUrl() + " is a learner already";
        if (plan.removed().isPresent()) {
            MemberReading removed = plan.removed().get();
            if (!removed.learner()) {
                heard.step(Step.of("backed up to " + backups.make().file()));
            }
            heard.step(Step.of("removing " + removed.name() + " (" + removed.hexId() + "), and " + adding));
            if (removed.leads()) {
                upkeep.handOver(now, removed);
            }
            remove(removed);
            LOG.info("etcd: member {} ({}) is removed", removed.name(), removed.hexId());
        } else {
            heard.step(Step.of(wish.member() + " is removed already; " + adding));
        }
        return adds ? addLearner(wish.peerUrl()) : plan.learner().orElseThrow().id();
    }

    private static List<String> otherUrls(ClusterReading now, ReplacementPlan plan) {
        return now.members().stream()
                .filter(member -> !plan.removed().equals(Optional.of(member)))
                .flatMap(member -> member.peerUrls().stream())
                .toList();
    }

    private void remove(MemberReading removed) throws IOException, InterruptedException {
        MemberRemoveRequest request =
                MemberRemoveRequest.newBuilder().setID(removed.id()).build();
        long endNanos = System.nanoTime() + INSIST.toNanos();
        while (true) {
            EtcdMember leader = leader(removed.name() + " is not removed", endNanos);
            try {
                leader.cluster(CALL).memberRemove(request);
                return;
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                    return; // an attempt whose answer was lost
                }
                againOrFail(e, leader, endNanos, removed.name() + " is not removed; nothing was changed");
            }
        }
    }

    private long addLearner(URI peerUrl) throws IOException, InterruptedException {
        MemberAddRequest request = MemberAddRequest.newBuilder()
                .addPeerURLs(peerUrl.toString())
                .setIsLearner(true)
                .build();
        String otherwise = peerUrl + " is not added yet; run the command again to go on";
        long endNanos = System.nanoTime() + INSIST.toNanos();
        while (true) {
            EtcdMember leader = leader(otherwise, endNanos);
            try {
                long id = leader.cluster(CALL).memberAdd(request).getMember().getID();
                LOG.info("etcd: {} is added as the learner {}", peerUrl, Long.toHexString(id));
                return id;
            } catch (StatusRuntimeException e) {
                Optional<MemberReading> landed = reader.read(clock.instant()).members().stream()
                        .filter(member -> member.learner() && member.peerUrls().contains(peerUrl.toString()))
                        .findFirst();
                if (landed.isPresent()) {
                    return landed.get().id(); // an attempt whose answer was lost
                }
                againOrFail(e, leader, endNanos, otherwise);
            }
        }
    }

    private static void againOrFail(StatusRuntimeException e, EtcdMember asked, long endNanos, String otherwise)
            throws IOException, InterruptedException {
        boolean passes = EtcdFailure.of(e.getStatus(), asked.endpoint()).kind() == EtcdFailure.Kind.TRANSIENT;
        if (!passes || System.nanoTime() - endNanos > 0) {
            throw new IOException(otherwise + ": " + said(e), e);
        }
        Thread.sleep(LOOK);
    }

    private static String said(StatusRuntimeException e) {
        String description = e.getStatus().getDescription();
        return description == null ? e.getStatus().getCode().toString() : description;
    }

    private EtcdMember leader(String otherwise, long endNanos) throws IOException, InterruptedException {
        while (true) {
            Optional<MemberReading> leader = reader.read(clock.instant()).leader();
            if (leader.isPresent()) {
                return reader.at(URI.create(leader.get().endpoint()));
            }
            if (System.nanoTime() - endNanos > 0) {
                throw new IOException(otherwise + ": no member leads");
            }
            Thread.sleep(LOOK);
        }
    }

    // ---- waiting

    /** Until the leader's list has it. */
    private ClusterReading awaitNamed(long id) throws IOException, InterruptedException {
        long endNanos = System.nanoTime() + INSIST.toNanos();
        while (true) {
            ClusterReading now = reader.read(clock.instant());
            if (now.member(id).isPresent()) {
                return now;
            }
            if (System.nanoTime() - endNanos > 0) {
                throw new IOException("the learner " + Long.toHexString(id) + " was removed by somebody else");
            }
            Thread.sleep(LOOK);
        }
    }

    /** A learner that is not in step with the leader is refused by etcd itself. */
    private void awaitPromoted(long id, String name, ReplacementHeard heard) throws IOException, InterruptedException {
        long endNanos = System.nanoTime() + START.toNanos();
        while (true) {
            ClusterReading now = reader.read(clock.instant());
            String waiting = "no member leads at the moment";
            if (now.leader().isPresent()) {
                Optional<MemberReading> member = now.member(id);
                if (member.isEmpty()) {
                    throw new IOException("the learner " + Long.toHexString(id) + " was removed by somebody else");
                }
                if (!member.get().learner()) {
                    return;
                }
                waiting = member.get().isStarted()
                        ? promote(now.leader().get(), id, name)
                        : name + " is not started yet; this command may be ended, and run again to go on";
                if (waiting.isEmpty()) {
                    return;
                }
            }
            if (System.nanoTime() - endNanos > 0) {
                throw new IOException(
                        waiting + "; it does no harm as it is, without a vote; run the command again to go on");
            }
            heard.step(Step.of("waiting: " + waiting));
            Thread.sleep(LOOK);
        }
    }

    /** Returns why it cannot be yet; empty if it is. */
    private String promote(MemberReading leader, long id, String name) {
        try {
            reader.at(URI.create(leader.endpoint()))
                    .cluster(CALL)
                    .memberPromote(MemberPromoteRequest.newBuilder().setID(id).build());
            return "";
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() == Status.Code.FAILED_PRECONDITION
                    ? name + " is started and catches up"
                    : name + " is started and not promoted yet (" + said(e) + ")";
        }
    }

    private EtcdDoctor.Replaced awaitWell(long id, String name, Wish wish) throws IOException, InterruptedException {
        long endNanos = System.nanoTime() + HEALTH.toNanos();
        while (true) {
            ClusterReading now = reader.read(clock.instant());
            Optional<MemberReading> member = now.member(id).filter(one -> !one.learner());
            String trouble = member.map(now::troubleOf).orElse(name + " is not seen");
            if (trouble.isEmpty() && now.leader().isPresent()) {
                MemberReading well = member.orElseThrow();
                return new EtcdDoctor.Replaced(
                        well.hexId(),
                        well.name(),
                        wish.peerUrl().toString(),
                        well.endpoint(),
                        now.voters().size(),
                        advice(well));
            }
            if (System.nanoTime() - endNanos > 0) {
                throw new IOException(name + " is a full member now, but cannot be asked from here: " + trouble
                        + member.map(one -> " at " + one.endpoint()).orElse("")
                        + "; \"culvert etcd status\" says more");
            }
            Thread.sleep(LOOK);
        }
    }

    private String advice(MemberReading member) {
        return reader.isNamed(URI.create(member.endpoint()))
                ? ""
                : "in the site file, put " + member.endpoint()
                        + " among checkpoints.etcd.endpoints in place of the old member's, and restart the gateway when"
                        + " it suits";
    }
}
