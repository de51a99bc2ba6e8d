package io.culvert.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.dedupe.chunk.Slice;
import io.culvert.gateway.relay.portmap.Binding;
import io.culvert.gateway.relay.portmap.NetId;
import io.culvert.proto.v1.Program;
import io.culvert.proto.v1.ProgramsReply;
import io.culvert.siteconfig.ApplianceKind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Learning at both ends, without sockets: what is asked how often, what is believed, what is kept. */
final class LearningTest {

    private static final Binding NFS = new Binding(100_003, 3, NetId.TCP, 2049, "superuser");
    private static final Binding MOUNT = new Binding(100_005, 3, NetId.TCP, 2052, "superuser");
    private static final Binding MOVED = new Binding(100_005, 3, NetId.TCP, 2062, "superuser");
    private static final Binding STRANGER = new Binding(100_024, 1, NetId.TCP, 8080, "superuser");
    private static final NamedPrograms NAMED =
            NamedPrograms.of(ApplianceKind.NFS.services().values());
    private static final PortmapperTarget TARGET = new PortmapperTarget("dd1", 111, NAMED);

    private final AtomicLong nanos = new AtomicLong();
    private final List<PortmapperTarget> asked = new ArrayList<>();
    private final ArrayDeque<Object> answers = new ArrayDeque<>();
    private final TargetPrograms targets = new TargetPrograms(
            target -> {
                asked.add(target);
                return answer(answers.removeFirst());
            },
            nanos::get,
            () -> Instant.EPOCH);

    @SuppressWarnings("unchecked")
    private static List<Binding> answer(Object answer) throws IOException {
        if (answer instanceof IOException failure) {
            throw failure;
        }
        return (List<Binding>) answer;
    }

    private void after(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void theFarGatewayAsksOncePerMomentAndTellsOnlyWhatItsServicesName() throws IOException {
        answers.add(List.of(STRANGER, NFS, MOUNT, new Binding(100_005, 3, NetId.UDP, 2052, "superuser")));
        for (int i = 0; i < 5; i++) {
            assertThat(targets.learn(TARGET)).containsExactly(NFS, MOUNT);
        }
        assertThat(asked).hasSize(1);

        answers.add(List.of(MOVED));
        after(TargetPrograms.LEAST);
        assertThat(targets.learn(TARGET)).containsExactly(MOVED);
    }

    @Test
    void theFarGatewayGrantsWhatItLearnedItselfAndLately() throws IOException {
        answers.add(List.of(MOUNT, STRANGER));
        assertThat(targets.has(TARGET, NetId.TCP, 2052)).as("asked for it").isTrue();
        assertThat(targets.has(TARGET, NetId.UDP, 2052)).isFalse();
        assertThat(targets.has(TARGET, NetId.TCP, 8080))
                .as("a program that no service names")
                .isFalse();
        assertThat(targets.has(TARGET, NetId.TCP, 22)).isFalse();
        assertThat(asked).hasSize(1);

        answers.add(List.of(MOVED));
        after(TargetPrograms.LEAST);
        targets.learn(TARGET);
        assertThat(targets.has(TARGET, NetId.TCP, 2052))
                .as("where it was before")
                .isFalse();
        assertThat(targets.has(TARGET, NetId.TCP, 2062)).isTrue();

        answers.add(new IOException("no answer"));
        after(TargetPrograms.LEAST);
        assertThat(targets.state(TARGET)).isInstanceOf(Programs.Learned.class);
        assertThatThrownBy(() -> targets.learn(TARGET)).hasMessage("no answer");
        assertThat(targets.state(TARGET))
                .isInstanceOfSatisfying(
                        Programs.Kept.class, kept -> assertThat(kept.why()).isEqualTo("no answer"));
        assertThat(targets.has(TARGET, NetId.TCP, 2062)).as("kept for a while").isTrue();

        answers.add(new IOException("no answer"));
        after(TargetPrograms.FRESH);
        assertThat(targets.has(TARGET, NetId.TCP, 2062)).as("not for ever").isFalse();
        assertThat(answers).isEmpty();
    }

    @Test
    void theFarGatewayRemembersABoundedNumberOfTargets() throws IOException {
        for (int i = 0; i <= TargetPrograms.MAX_TARGETS; i++) {
            answers.add(List.of(MOUNT));
            targets.learn(new PortmapperTarget("host" + i, 111, NAMED));
        }
        answers.add(List.of(MOUNT));
        targets.learn(new PortmapperTarget("host0", 111, NAMED));
        assertThat(asked).hasSize(TargetPrograms.MAX_TARGETS + 2);
        assertThat(targets.state(TARGET)).isEqualTo(new Programs.Awaited("no peer has asked for them yet"));
    }

    private static final Duration NEVER = Duration.ofDays(1);
    private final BlockingQueue<Object> replies = new LinkedBlockingQueue<>();
    private final BlockingQueue<Programs> told = new LinkedBlockingQueue<>();

    private ProgramLearner learner(Duration every, Duration least) {
        ProgramLearner learner = new ProgramLearner(
                "dd",
                () -> answer(replies.take()),
                new ProgramLearner.Timing(every, least),
                () -> Instant.EPOCH,
                told::add);
        learner.start();
        return learner;
    }

    private Programs told() throws InterruptedException {
        Programs next = told.poll(30, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next;
    }

    @Test
    void theNearGatewayAsksAgainAndKeepsWhatItLearned() throws Exception {
        try (ProgramLearner learner = learner(Duration.ofMillis(1), Duration.ZERO)) {
            replies.add(new IOException("peer busan is down"));
            assertThat(told()).isEqualTo(new Programs.Awaited("peer busan is down"));
            replies.add(List.of(MOUNT));
            assertThat(told()).isEqualTo(new Programs.Learned(List.of(MOUNT), Instant.EPOCH));
            replies.add(new IOException("down"));
            assertThat(told()).isEqualTo(new Programs.Kept(List.of(MOUNT), Instant.EPOCH, "down"));
            replies.add(new IOException("still down"));
            assertThat(told()).isEqualTo(new Programs.Kept(List.of(MOUNT), Instant.EPOCH, "still down"));
            replies.add(List.of(MOVED));
            assertThat(told()).isEqualTo(new Programs.Learned(List.of(MOVED), Instant.EPOCH));
            assertThat(learner.known()).isEqualTo(new Programs.Learned(List.of(MOVED), Instant.EPOCH));
        }
    }

    @Test
    void aReasonMakesItAskSoonButNotAtOnceAgain() throws Exception {
        long began = System.nanoTime();
        try (ProgramLearner learner = learner(NEVER, Duration.ofMillis(100))) {
            replies.add(List.of(MOUNT));
            told();
            replies.add(List.of(MOVED));
            for (int i = 0; i < 50; i++) {
                learner.hint();
            }
            assertThat(told()).isEqualTo(new Programs.Learned(List.of(MOVED), Instant.EPOCH));
            assertThat(System.nanoTime() - began)
                    .isGreaterThan(Duration.ofMillis(100).toNanos());
            assertThat(told.poll(300, TimeUnit.MILLISECONDS))
                    .as("50 reasons are one")
                    .isNull();
        }
    }

    @Test
    void questionsAndAnswersPassThrough() throws IOException {
        assertThat(ProgramsMessage.appliance(ProgramsMessage.question("dd-busan")))
                .isEqualTo("dd-busan");
        Binding large = new Binding(0xffff_ffffL, 0xffff_fffeL, NetId.UDP, 65_535, "1000");
        assertThat(ProgramsMessage.read(ProgramsMessage.answer(List.of(NFS, MOUNT, large))))
                .containsExactly(NFS, MOUNT, large);
        assertThatThrownBy(() -> ProgramsMessage.read(ProgramsMessage.refusal("not granted")))
                .hasMessage("not granted");
    }

    @Test
    void whatAPeerAnswersIsCheckedAndBounded() throws IOException {
        List<Binding> many = new ArrayList<>();
        for (int port = 1; port <= 300; port++) {
            many.add(new Binding(port, 1, NetId.TCP, port, "superuser"));
        }
        Slice told = ProgramsMessage.answer(many);
        assertThat(ProgramsMessage.read(told)).hasSize(ProgramsMessage.MAX_PROGRAMS);
        assertThat(told.length()).isLessThan(16 << 10);

        Program.Builder right = Program.newBuilder()
                .setProgram(1)
                .setVersion(1)
                .setProtocol(6)
                .setPort(1)
                .setOwner("unknown");
        ProgramsReply.Builder tooMany = ProgramsReply.newBuilder();
        for (int i = 0; i <= ProgramsMessage.MAX_PROGRAMS; i++) {
            tooMany.addPrograms(right);
        }
        for (ProgramsReply.Builder wrong : List.of(
                tooMany,
                ProgramsReply.newBuilder().addPrograms(right.clone().setPort(0)),
                ProgramsReply.newBuilder().addPrograms(right.clone().setPort(-1)),
                ProgramsReply.newBuilder().addPrograms(right.clone().setPort(65_536)),
                ProgramsReply.newBuilder().addPrograms(right.clone().setProtocol(1)),
                ProgramsReply.newBuilder().addPrograms(right.clone().setOwner("a b")),
                ProgramsReply.newBuilder().addPrograms(right.clone().setOwner("x".repeat(33))))) {
            assertThatThrownBy(() -> ProgramsMessage.read(Slice.of(wrong.build().toByteArray())))
                    .isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> ProgramsMessage.read(Slice.of(new byte[] {1, 2, 3})))
                .isInstanceOf(IOException.class);
    }

    @Test
    void theProgramsOfASiteFileAreThoseOfItsServices() {
        assertThat(NAMED.transports()).containsOnlyKeys(100_003L, 100_005L);
        assertThat(NAMED.transports().get(100_003L)).isEqualTo(Set.of(NetId.TCP));
        assertThat(NamedPrograms.fixed(ApplianceKind.NFS.services().values()))
                .contains(NFS, new Binding(100_005, 2, NetId.TCP, 20_048, "superuser"))
                .hasSize(5);
    }
}
