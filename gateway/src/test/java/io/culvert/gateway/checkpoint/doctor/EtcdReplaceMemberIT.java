package io.culvert.gateway.checkpoint.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.culvert.gateway.checkpoint.EtcdMember;
import io.culvert.gateway.checkpoint.EtcdSettings;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.EtcdCluster;
import io.culvert.gateway.testing.EtcdProcess;
import io.culvert.gateway.testing.TestCertificates;
import io.culvert.gateway.testing.Waiting;
import io.etcd.jetcd.api.Member;
import io.etcd.jetcd.api.MemberAddRequest;
import io.etcd.jetcd.api.MemberListRequest;
import io.etcd.jetcd.api.MemberRemoveRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real clusters that lose a member with its data. */
@Waiting
@Timeout(180)
final class EtcdReplaceMemberIT {

    private static final EtcdDoctor.Counters NONE = new EtcdDoctor.Counters(() -> 0, () -> 0);
    private static final Duration CALL = Duration.ofSeconds(5);
    private static final ByteString KEY = ByteString.copyFromUtf8("/key");

    @TempDir
    Path directory;

    private EtcdDoctor doctor(EtcdCluster cluster, EtcdSettings.@Nullable Tls tls) throws Exception {
        return EtcdDoctor.start(
                new EtcdSettings(cluster.endpoints(), tls, "/culvert", "seoul", "seoul/1", EtcdSettings.Timing.DEFAULT),
                new EtcdDoctor.Care(false, directory.resolve("backups")),
                NONE,
                InstantSource.system());
    }

    private static EtcdDoctor.Wish wish(String member, String peerUrl) {
        return new EtcdDoctor.Wish(member, URI.create(peerUrl), false);
    }

    private static <T> T at(EtcdProcess process, Function<EtcdMember, T> call) {
        EtcdMember member = EtcdMember.of(process.endpoint(), null);
        try {
            return call.apply(member);
        } finally {
            member.close();
        }
    }

    private static long put(EtcdProcess through, String value) {
        return at(
                through,
                member -> member.kv(CALL)
                        .put(PutRequest.newBuilder()
                                .setKey(KEY)
                                .setValue(ByteString.copyFromUtf8(value))
                                .build())
                        .getHeader()
                        .getRevision());
    }

    /** What this member has itself. */
    private static String valueAt(EtcdProcess process) {
        return at(
                process,
                member -> member.kv(CALL)
                        .range(RangeRequest.newBuilder()
                                .setKey(KEY)
                                .setSerializable(true)
                                .build())
                        .getKvs(0)
                        .getValue()
                        .toStringUtf8());
    }

    private static List<Member> list(EtcdProcess through) {
        return at(
                through,
                member -> member.cluster(CALL)
                        .memberList(MemberListRequest.getDefaultInstance())
                        .getMembersList());
    }

    private static EtcdProcess follower(EtcdCluster cluster) throws Exception {
        EtcdProcess leader = cluster.leader(null);
        return cluster.members().stream()
                .filter(member -> member != leader)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aMemberThatLostItsDataComesBackAtItsOwnAddress() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 3);
                EtcdDoctor doctor = doctor(cluster, null)) {
            EtcdProcess leader = cluster.leader(null);
            EtcdProcess lost = follower(cluster);
            put(leader, "before");
            lost.kill();
            lost.wipe();
            Operator operator = Operator.at(lost);
            EtcdDoctor.Replaced done = doctor.replace(wish(lost.name(), lost.peerUrl()), operator);
            assertThat(done.name()).isEqualTo(lost.name());
            assertThat(done.voters()).isEqualTo(3);
            assertThat(done.endpoint()).isEqualTo(lost.endpoint().toString());
            assertThat(done.advice()).isEmpty();
            assertThat(operator.sentences().getFirst()).startsWith("backed up to ");
            assertThat(valueAt(lost)).isEqualTo("before");
            put(lost, "after");
            leader.kill();
            Await.until("two of three write on", Duration.ofSeconds(20), () -> {
                try {
                    return put(lost, "without the old leader") > 0;
                } catch (StatusRuntimeException e) {
                    return false;
                }
            });
        }
    }

    @Test
    void aMemberComesBackAtAnotherHostOverTls() throws Exception {
        TestCertificates authority = new TestCertificates(directory.resolve("tls"));
        Instant ends = Instant.now().plus(Duration.ofDays(5));
        EtcdProcess.Tls files = authority.issue("member", ends);
        try (EtcdCluster cluster = EtcdCluster.start(directory, 3, files);
                EtcdProcess fresh = EtcdCluster.spare(directory, "m4", files);
                EtcdDoctor doctor =
                        doctor(cluster, new EtcdSettings.Tls(files.ca(), files.certificate(), files.key()))) {
            EtcdProcess lost = follower(cluster);
            lost.kill();
            EtcdDoctor.Replaced done = doctor.replace(wish(lost.name(), fresh.peerUrl()), Operator.atOwnPorts(fresh));
            assertThat(done.name()).isEqualTo(lost.name());
            assertThat(done.endpoint()).isEqualTo(fresh.endpoint().toString());
            assertThat(done.advice()).contains("endpoints").contains(done.endpoint());
        }
    }

    @Test
    void nothingIsChangedWhereNoMemberCanBe() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 3);
                EtcdDoctor doctor = doctor(cluster, null)) {
            EtcdProcess leader = cluster.leader(null);
            EtcdProcess lost = follower(cluster);
            lost.kill();
            List<Member> before = list(leader);
            for (String wrong : List.of(
                    "http://no-such-host.invalid:2380",
                    "http://[100::1]:2380", // RFC 6666: whatever goes there is discarded
                    lost.peerUrl().replace("http:", "https:"),
                    leader.peerUrl(),
                    leader.peerUrl().replace("127.0.0.1", "localhost"))) {
                assertThatThrownBy(() -> doctor.replace(wish(lost.name(), wrong), step -> {}))
                        .as(wrong)
                        .isInstanceOf(RefusedUpkeepException.class);
            }
            assertThatThrownBy(() -> doctor.replace(wish("m9", lost.peerUrl()), step -> {}))
                    .isInstanceOf(UnknownMemberException.class)
                    .hasMessageContaining("m1, m2, m3");
            assertThat(list(leader)).isEqualTo(before);
        }
    }

    @Test
    void theQuorumIsNotRisked() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 3);
                EtcdDoctor doctor = doctor(cluster, null)) {
            EtcdProcess one = cluster.members().getFirst();
            assertThatThrownBy(() -> doctor.replace(wish(one.name(), one.peerUrl()), step -> {}))
                    .isInstanceOf(RefusedUpkeepException.class)
                    .hasMessageContaining("is well");
            cluster.members().get(1).pause();
            assertThatThrownBy(() -> doctor.replace(
                            new EtcdDoctor.Wish(one.name(), URI.create(one.peerUrl()), true), step -> {}))
                    .isInstanceOf(RefusedUpkeepException.class)
                    .hasMessageContaining("does not answer");
            cluster.members().get(2).kill();
            assertThatThrownBy(() ->
                            doctor.replace(wish("m3", cluster.members().get(2).peerUrl()), step -> {}))
                    .isInstanceOf(RefusedUpkeepException.class)
                    .hasMessageContaining("only 1 of 3 members answer")
                    .hasMessageContaining("culvert etcd restore");
            cluster.members().get(1).resume();
            assertThat(list(one)).hasSize(3);
        }
    }

    @Test
    void theOnlyMemberIsRestoredNotReplaced() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 1);
                EtcdDoctor doctor = doctor(cluster, null)) {
            assertThatThrownBy(() -> doctor.replace(
                            new EtcdDoctor.Wish("m1", URI.create("http://127.0.0.1:1"), true), step -> {}))
                    .isInstanceOf(RefusedUpkeepException.class)
                    .hasMessageContaining("culvert etcd backup")
                    .hasMessageContaining("culvert etcd restore");
        }
    }

    @Test
    void theLeaderItselfIsReplacedByForce() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 3);
                EtcdDoctor doctor = doctor(cluster, null)) {
            EtcdProcess leader = cluster.leader(null);
            put(leader, "before");
            EtcdDoctor.Replaced done =
                    doctor.replace(new EtcdDoctor.Wish(leader.name(), URI.create(leader.peerUrl()), true), step -> {
                        for (String line : step.commands()) {
                            if (line.startsWith("etcd ")) {
                                leader.kill();
                                wipe(leader);
                                leader.with(Operator.arguments(line, leader.data()))
                                        .start();
                            }
                        }
                    });
            assertThat(done.voters()).isEqualTo(3);
            assertThat(valueAt(leader)).isEqualTo("before");
        }
    }

    private static void wipe(EtcdProcess process) throws IOException {
        try {
            process.wipe();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static final class GoneException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void whatWasBrokenOffIsGoneOnWith() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 3);
                EtcdDoctor doctor = doctor(cluster, null)) {
            EtcdProcess leader = cluster.leader(null);
            EtcdProcess lost = follower(cluster);
            put(leader, "before");
            lost.kill();
            lost.wipe();
            assertThatThrownBy(() -> doctor.replace(wish(lost.name(), lost.peerUrl()), step -> {
                        if (step.sentence().startsWith("waiting: ")) {
                            throw new GoneException();
                        }
                    }))
                    .isInstanceOf(GoneException.class);
            Member learner = learner(leader);
            assertThat(list(leader)).hasSize(3);
            put(leader, "meanwhile");

            EtcdDoctor.Replaced done = doctor.replace(wish(lost.name(), lost.peerUrl()), Operator.at(lost));
            assertThat(done.id()).isEqualTo(Long.toHexString(learner.getID()));
            assertThat(valueAt(lost)).isEqualTo("meanwhile");
        }
    }

    private static Member learner(EtcdProcess through) {
        return list(through).stream().filter(Member::getIsLearner).findFirst().orElseThrow();
    }

    @Test
    void oneThatWasRemovedAlreadyIsAddedAgain() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 3);
                EtcdDoctor doctor = doctor(cluster, null)) {
            EtcdProcess leader = cluster.leader(null);
            EtcdProcess lost = follower(cluster);
            lost.kill();
            lost.wipe();
            long id = list(leader).stream()
                    .filter(member -> member.getName().equals(lost.name()))
                    .findFirst()
                    .orElseThrow()
                    .getID();
            at(
                    leader,
                    member -> member.cluster(CALL)
                            .memberRemove(
                                    MemberRemoveRequest.newBuilder().setID(id).build()));
            EtcdDoctor.Replaced done = doctor.replace(wish(lost.name(), lost.peerUrl()), Operator.at(lost));
            assertThat(done.voters()).isEqualTo(3);
        }
    }

    @Test
    void aLearnerThatAPersonAddedBeforeIsTakenAndTheOldOneGoes() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 3);
                EtcdProcess fresh = EtcdCluster.spare(directory, "m4", null);
                EtcdDoctor doctor = doctor(cluster, null)) {
            EtcdProcess leader = cluster.leader(null);
            EtcdProcess lost = follower(cluster);
            Await.until("etcd takes a learner", Duration.ofSeconds(20), () -> {
                try {
                    at(
                            leader,
                            member -> member.cluster(CALL)
                                    .memberAdd(MemberAddRequest.newBuilder()
                                            .addPeerURLs(fresh.peerUrl())
                                            .setIsLearner(true)
                                            .build()));
                    return true;
                } catch (StatusRuntimeException e) {
                    return false;
                }
            });
            lost.kill();
            long learner = learner(leader).getID();
            EtcdDoctor.Replaced done = doctor.replace(wish(lost.name(), fresh.peerUrl()), Operator.atOwnPorts(fresh));
            assertThat(done.id()).isEqualTo(Long.toHexString(learner));
            assertThat(done.voters()).isEqualTo(3);
            assertThat(list(leader))
                    .extracting(Member::getPeerURLsList)
                    .noneMatch(urls -> urls.contains(lost.peerUrl()));
        }
    }

    @Test
    void aLearnerAtAWrongAddressDoesNoHarmAndIsReplacedItself() throws Exception {
        try (EtcdCluster cluster = EtcdCluster.start(directory, 3);
                EtcdDoctor doctor = doctor(cluster, null)) {
            EtcdProcess leader = cluster.leader(null);
            EtcdProcess lost = follower(cluster);
            lost.kill();
            lost.wipe();
            String wrong = "http://127.0.0.1:9"; // refused, as one that is not started yet
            assertThatThrownBy(() -> doctor.replace(wish(lost.name(), wrong), step -> {
                        if (step.sentence().startsWith("waiting: ")) {
                            throw new GoneException();
                        }
                    }))
                    .isInstanceOf(GoneException.class);
            String id = Long.toHexString(learner(leader).getID());
            put(leader, "as before");
            assertThatThrownBy(() -> doctor.replace(wish(lost.name(), lost.peerUrl()), step -> {}))
                    .isInstanceOf(RefusedUpkeepException.class)
                    .hasMessageContaining("culvert etcd replace-member " + id + " --peer-url " + lost.peerUrl());
            EtcdDoctor.Replaced done = doctor.replace(wish(id, lost.peerUrl()), Operator.at(lost));
            assertThat(done.voters()).isEqualTo(3);
            assertThat(Stream.concat(Stream.of(leader), Stream.of(lost)).map(EtcdReplaceMemberIT::valueAt))
                    .containsOnly("as before");
        }
    }
}
