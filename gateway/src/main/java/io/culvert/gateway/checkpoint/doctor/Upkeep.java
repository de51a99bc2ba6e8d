package io.culvert.gateway.checkpoint.doctor;

import io.culvert.gateway.checkpoint.EtcdFailure;
import io.culvert.gateway.checkpoint.EtcdMember;
import io.etcd.jetcd.api.AlarmMember;
import io.etcd.jetcd.api.AlarmRequest;
import io.etcd.jetcd.api.AlarmType;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.DefragmentRequest;
import io.etcd.jetcd.api.MoveLeaderRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Compacts the cluster's history and gives the room back to the disks, one member after the other: followers first, the leader last,
 * after another one leads. Goes on only while every voter answers and has caught up, so that no moment costs the quorum. One at a time.
 */
final class Upkeep {

    private static final Duration CALL = Duration.ofSeconds(5);
    /** etcd 3.4 needs about a second for 100 MB, and serves nobody meanwhile. */
    private static final Duration DEFRAGMENT = Duration.ofMinutes(10);

    private static final Duration COMPACT = Duration.ofMinutes(1);
    private static final Duration CATCH_UP = Duration.ofMinutes(1);
    private static final Duration LOOK = Duration.ofMillis(200);
    /** In the words of a member whose database is full. */
    static final String FULL = "NOSPACE";

    private final ClusterReader reader;
    private final InstantSource clock;
    private final ReentrantLock running;

    /** @param running held by what changes the members or makes one pause: one at a time */
    Upkeep(ClusterReader reader, InstantSource clock, ReentrantLock running) {
        this.reader = reader;
        this.clock = clock;
        this.running = running;
    }

    /**
     * Drops what was overwritten or deleted.
     *
     * @return the revision up to which
     * @throws IOException if no member does so; its message is a sentence
     */
    long compact() throws IOException, InterruptedException {
        ClusterReading reading = reader.read(clock.instant());
        MemberReading member = reading.members().stream()
                .filter(MemberReading::answers)
                .findFirst()
                .orElseThrow(() -> new IOException("no member of etcd answers: " + troubles(reading)));
        CompactionRequest request = CompactionRequest.newBuilder()
                .setRevision(reading.revision())
                .setPhysical(true)
                .build();
        try {
            at(member).kv(COMPACT).compact(request);
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.OUT_OF_RANGE) { // it is compacted already
                throw failure(member, e);
            }
        }
        return reading.revision();
    }

    /**
     * Defragments every member, then clears the alarm of a full database.
     *
     * @throws RefusedUpkeepException if it would cost the quorum, or another one runs; nothing more was done
     * @throws IOException if a member fails
     */
    void defragment(EtcdDoctor.Defragmented heard) throws IOException, InterruptedException {
        if (!running.tryLock()) {
            throw new RefusedUpkeepException("etcd is being defragmented, or a member replaced, already");
        }
        try {
            boolean full = isFull(well());
            for (long id : inOrder(well())) {
                defragment(id, heard);
            }
            if (full) {
                clear(awaitWell());
            }
        } finally {
            running.unlock();
        }
    }

    /** Followers by their names, then the leader. */
    private static List<Long> inOrder(ClusterReading reading) {
        return reading.members().stream()
                .filter(MemberReading::answers)
                .sorted(Comparator.comparing(MemberReading::leads).thenComparing(MemberReading::name))
                .map(MemberReading::id)
                .toList();
    }

    private void defragment(long id, EtcdDoctor.Defragmented heard) throws IOException, InterruptedException {
        ClusterReading reading = awaitWell();
        MemberReading member = find(reading, id);
        if (member.leads() && reading.voters().size() > 1) {
            handOver(reading, member);
            member = find(awaitWell(), id);
        }
        long startNanos = System.nanoTime();
        try {
            at(member).maintenance(DEFRAGMENT).defragment(DefragmentRequest.getDefaultInstance());
        } catch (StatusRuntimeException e) {
            throw failure(member, e);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - startNanos);
        MemberReading after = find(awaitWell(), id);
        heard.member(member.name(), bytes(member), bytes(after), took);
    }

    private static long bytes(MemberReading member) {
        return member.state().map(MemberReading.State::databaseBytes).orElse(0L);
    }

    private static MemberReading find(ClusterReading reading, long id) throws IOException {
        return reading.member(id)
                .orElseThrow(() -> new IOException("member " + Long.toHexString(id) + " was removed meanwhile"));
    }

    /** The next voter leads: a member that is defragmented answers nobody, and a leader would be missed. */
    void handOver(ClusterReading reading, MemberReading leader) throws IOException {
        MemberReading next = reading.voters().stream()
                .filter(voter -> voter.id() != leader.id())
                .findFirst()
                .orElseThrow();
        try {
            at(leader)
                    .maintenance(CALL)
                    .moveLeader(MoveLeaderRequest.newBuilder()
                            .setTargetID(next.id())
                            .build());
        } catch (StatusRuntimeException e) {
            throw failure(leader, e);
        }
    }

    private void clear(ClusterReading reading) throws IOException {
        MemberReading member = reading.members().stream()
                .filter(MemberReading::answers)
                .findFirst()
                .orElseThrow();
        try {
            List<AlarmMember> alarms = new ArrayList<>(at(member)
                    .maintenance(CALL)
                    .alarm(AlarmRequest.newBuilder()
                            .setAction(AlarmRequest.AlarmAction.GET)
                            .build())
                    .getAlarmsList());
            alarms.removeIf(alarm -> alarm.getAlarm() != AlarmType.NOSPACE);
            for (AlarmMember alarm : alarms) {
                at(member)
                        .maintenance(CALL)
                        .alarm(AlarmRequest.newBuilder()
                                .setAction(AlarmRequest.AlarmAction.DEACTIVATE)
                                .setMemberID(alarm.getMemberID())
                                .setAlarm(alarm.getAlarm())
                                .build());
            }
        } catch (StatusRuntimeException e) {
            throw failure(member, e);
        }
    }

    private static boolean isFull(ClusterReading reading) {
        return reading.members().stream()
                .flatMap(member -> member.state().stream())
                .anyMatch(state -> state.errors().stream().anyMatch(error -> error.contains(FULL)));
    }

    // ---- whether it may go on

    private ClusterReading well() throws IOException, InterruptedException {
        ClusterReading reading = reader.read(clock.instant());
        String why = unwell(reading);
        if (!why.isEmpty()) {
            throw new RefusedUpkeepException("etcd is not defragmented now, it could cost the quorum: " + why);
        }
        return reading;
    }

    private ClusterReading awaitWell() throws IOException, InterruptedException {
        long endNanos = System.nanoTime() + CATCH_UP.toNanos();
        while (true) {
            ClusterReading reading = reader.read(clock.instant());
            String why = unwell(reading);
            if (why.isEmpty()) {
                return reading;
            }
            if (System.nanoTime() - endNanos > 0) {
                throw new RefusedUpkeepException("the defragmentation stops, it could cost the quorum: " + why);
            }
            Thread.sleep(LOOK);
        }
    }

    /** Why no voter can be spared, a clause; empty if one can. */
    static String unwell(ClusterReading reading) {
        if (reading.clusterId() == 0) {
            return "no member answers: " + troubles(reading);
        }
        for (MemberReading voter : reading.voters()) {
            String trouble = reading.troubleOf(voter);
            if (!trouble.isEmpty()) {
                return trouble;
            }
        }
        return reading.leader().isPresent() ? "" : "no member leads";
    }

    static String troubles(ClusterReading reading) {
        return String.join(
                "; ", reading.members().stream().map(MemberReading::trouble).toList());
    }

    private EtcdMember at(MemberReading member) {
        return reader.at(URI.create(member.endpoint()));
    }

    private static IOException failure(MemberReading member, StatusRuntimeException e) {
        return new IOException(
                EtcdFailure.of(e.getStatus(), URI.create(member.endpoint())).sentence(), e);
    }
}
