package io.culvert.gateway.checkpoint.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.gateway.checkpoint.doctor.MemberReading.State;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReplacementPlanTest {

    private static final String FRESH = "http://10.0.0.9:2380";
    private static final long LEADER = 1;

    private static State state(long applied, String... errors) {
        return new State(
                "3.4.23", LEADER, 7, applied, applied, 500, 1 << 20, 1 << 20, List.of(errors), Optional.empty());
    }

    private static MemberReading voter(int id, Optional<State> state) {
        return reading(id, "m" + id, false, "http://10.0.0." + id + ":2380", state);
    }

    private static MemberReading reading(int id, String name, boolean learner, String peerUrl, Optional<State> state) {
        String trouble = state.isPresent() ? "" : "it does not answer";
        return new MemberReading(id, name, learner, "http://10.0.0." + id + ":2379", List.of(peerUrl), trouble, state);
    }

    private static MemberReading well(int id) {
        return voter(id, Optional.of(state(1000)));
    }

    private static MemberReading silent(int id) {
        return voter(id, Optional.empty());
    }

    private static MemberReading learner(int id, String name, String peerUrl) {
        return reading(id, name, true, peerUrl, Optional.empty());
    }

    private static ClusterReading cluster(MemberReading... members) {
        return new ClusterReading(Instant.EPOCH, 77, List.of(members));
    }

    private static ReplacementPlan plan(ClusterReading now, String member, String url, boolean force) throws Exception {
        return ReplacementPlan.of(now, new EtcdDoctor.Wish(member, URI.create(url), force));
    }

    private static void assertRefused(ClusterReading now, String member, String url, boolean force, String why) {
        assertThatThrownBy(() -> plan(now, member, url, force))
                .isInstanceOf(RefusedUpkeepException.class)
                .hasMessageContaining(why);
    }

    @Test
    void aSilentMemberGoesAtItsOwnUrlOrAnother() throws Exception {
        ClusterReading now = cluster(well(1), well(2), silent(3));
        assertThat(plan(now, "m3", FRESH, false))
                .isEqualTo(new ReplacementPlan(Optional.of(silent(3)), Optional.empty()));
        assertThat(plan(now, "m3", "http://10.0.0.3:2380", false).removed()).contains(silent(3));
        assertThat(plan(now, "3", FRESH, false).removed()).as("by its id").contains(silent(3));
    }

    @Test
    void oneThatIsCorruptOrHopelesslyBehindGoesToo() throws Exception {
        MemberReading corrupt = voter(3, Optional.of(state(1000, "alarm:CORRUPT")));
        assertThat(plan(cluster(well(1), well(2), corrupt), "m3", FRESH, false).removed())
                .contains(corrupt);
        MemberReading behind = voter(3, Optional.of(state(10)));
        assertThat(plan(cluster(well(1), well(2), behind), "m3", FRESH, false).removed())
                .contains(behind);
    }

    @Test
    void oneThatIsWellGoesByForceOnly() throws Exception {
        ClusterReading now = cluster(well(1), well(2), voter(3, Optional.of(state(1000, "memberID:3 alarm:NOSPACE"))));
        assertRefused(now, "m3", FRESH, false, "m3 is well");
        assertThat(plan(now, "m3", FRESH, true).removed()).isPresent();
    }

    @Test
    void nobodyGoesWithoutAQuorumOrALeader() {
        assertRefused(cluster(well(1), silent(2), silent(3)), "m3", FRESH, true, "only 1 of 3 members answer");
        assertRefused(cluster(silent(1), well(2), well(3)), "m1", FRESH, false, "no member leads");
        assertRefused(cluster(well(1)), "m1", FRESH, true, "is the only member");
    }

    @Test
    void theOthersAreEnoughWithoutIt() throws Exception {
        MemberReading behind = voter(2, Optional.of(state(10)));
        assertRefused(cluster(well(1), behind, silent(3)), "m3", FRESH, true, "m2 is 990 entries behind");
        ClusterReading five = cluster(well(1), well(2), well(3), silent(4), silent(5));
        assertRefused(five, "m5", FRESH, false, "m4 does not answer");
        assertThat(plan(five, "m5", FRESH, true).removed()).contains(silent(5));
    }

    @Test
    void whatWasBegunIsGoneOnWith() throws Exception {
        MemberReading learner = learner(9, "9", FRESH);
        assertThat(plan(cluster(well(1), well(2), learner), "m3", FRESH, false))
                .isEqualTo(new ReplacementPlan(Optional.empty(), Optional.of(learner)));
        assertThat(plan(cluster(well(1), well(2), silent(3), learner), "m3", FRESH, false))
                .as("both are there yet")
                .isEqualTo(new ReplacementPlan(Optional.of(silent(3)), Optional.of(learner)));
        MemberReading started = learner(9, "m3", FRESH);
        assertThat(plan(cluster(well(1), well(2), started), "m3", FRESH, false))
                .as("it has the name of the old one already")
                .isEqualTo(new ReplacementPlan(Optional.empty(), Optional.of(started)));
        assertThat(plan(cluster(well(1), well(2), started), "m3", FRESH, true))
                .as("it lost its data, too")
                .isEqualTo(new ReplacementPlan(Optional.of(started), Optional.empty()));
        assertThat(plan(cluster(well(1), well(2)), "m3", FRESH, false))
                .isEqualTo(new ReplacementPlan(Optional.empty(), Optional.empty()));
    }

    @Test
    void whoIsMeantIsKnown() {
        ClusterReading now = cluster(well(1), well(2), silent(3));
        assertThatThrownBy(() -> plan(now, "m4", FRESH, true))
                .isInstanceOf(UnknownMemberException.class)
                .hasMessage("etcd has no member m4; its members are m1, m2, m3");
        MemberReading twin = reading(4, "m3", false, "http://10.0.0.4:2380", Optional.empty());
        MemberReading five = well(5);
        assertRefused(cluster(well(1), well(2), silent(3), twin, five), "m3", FRESH, false, "by its id, 3 or 4");
    }

    @Test
    void oneLearnerAtATime() throws Exception {
        MemberReading lost = learner(9, "9", "http://10.0.0.8:2380");
        ClusterReading now = cluster(well(1), well(2), lost);
        assertRefused(now, "m3", FRESH, true, "culvert etcd replace-member 9 --peer-url " + FRESH);
        assertThat(plan(now, "9", FRESH, false)).isEqualTo(new ReplacementPlan(Optional.of(lost), Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "http://10.0.0.1:2380, is the peer URL of m1",
        "HTTP://10.0.0.1:2380, is the peer URL of m1",
        "https://10.0.0.9:2380, the members speak http"
    })
    void aUrlThatCannotBeRightIsRefused(String url, String why) {
        assertRefused(cluster(well(1), well(2), silent(3)), "m3", url, true, why);
    }
}
