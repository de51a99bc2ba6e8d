package io.culvert.gateway.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** In virtual time: whatever the parts take of their shares, a probe ends in time. */
final class SharesTest {

    private long nowNanos = -3;

    private void pass(Duration time) {
        nowNanos += time.toNanos();
    }

    private Deadline in(Duration time) {
        return Deadline.in(() -> nowNanos, time);
    }

    @Test
    void aDeadlineAllowsWhatIsLeftAndNoMore() {
        Deadline whole = in(Duration.ofSeconds(10));
        assertThat(whole.allows(Duration.ofSeconds(10))).isTrue();
        assertThat(whole.allows(Duration.ofSeconds(10).plusNanos(1))).isFalse();
        pass(Duration.ofSeconds(7));
        assertThat(whole.left()).isEqualTo(Duration.ofSeconds(3));
        assertThat(whole.within(Duration.ofSeconds(2)).left()).isEqualTo(Duration.ofSeconds(2));
        assertThat(whole.within(Duration.ofSeconds(4)).left()).isEqualTo(Duration.ofSeconds(3));
        pass(Duration.ofSeconds(9));
        assertThat(whole.left()).isZero();
        assertThat(whole.allows(Duration.ofNanos(1))).isFalse();
    }

    @Test
    void whenEveryPartTakesAllThatItMayEachIsTakenAllTheSame() {
        for (int ports : List.of(1, Connecting.MAX_AT_ONCE, ProbePlan.MAX_PORTS)) {
            Shares shares = new Shares(ports, true);
            Deadline whole = in(ProbePlan.LIMIT);
            long beganNanos = nowNanos;
            for (Part part : Part.values()) {
                Optional<Duration> share = shares.of(part, whole.left());
                assertThat(share).as("%s with %s ports", part, ports).isPresent();
                assertThat(share.get()).isGreaterThanOrEqualTo(part.least);
                pass(share.get());
            }
            assertThat(nowNanos - beganNanos).as("%s ports", ports).isLessThanOrEqualTo(ProbePlan.LIMIT.toNanos());
        }
    }

    @Test
    void howeverMuchTimeThereIsAPartGetsWhatItNeedsOrNothingAndAllOfThemNoMoreThanThereIs() {
        for (int seed = 0; seed < 2_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Duration limit = Duration.ofMillis(random.nextInt(60_000));
            int ports = 1 + random.nextInt(ProbePlan.MAX_PORTS);
            Shares shares = new Shares(ports, true);
            Deadline whole = in(limit);
            long beganNanos = nowNanos;
            List<Part> taken = new ArrayList<>();
            for (Part part : Part.values()) {
                Optional<Duration> share = shares.of(part, whole.left());
                if (share.isPresent()) {
                    taken.add(part);
                    assertThat(share.get()).as("seed %s, %s", seed, part).isBetween(part.least, whole.left());
                    pass(Duration.ofNanos(random.nextLong(share.get().toNanos() + 1)));
                }
            }
            assertThat(nowNanos - beganNanos).as("seed %s", seed).isLessThanOrEqualTo(limit.toNanos());
            boolean enough = limit.compareTo(Duration.ofSeconds(25)) > 0;
            assertThat(taken.contains(Part.CONNECT) || !enough)
                    .as("seed %s: ports are tried if there is any time", seed)
                    .isTrue();
        }
    }

    @Test
    void hopsAreSearchedForAlsoOnALongPathBesideAPortThatIsSilent() {
        for (int millis : List.of(1, 140, 300, 600)) {
            Duration roundTrip = Duration.ofMillis(millis);
            Duration search = Connecting.usualSearch(Senders.each(roundTrip), roundTrip);
            assertThat(Connecting.LIMIT.plus(search)).as("%s", roundTrip).isLessThanOrEqualTo(Part.CONNECT.most);
        }
    }

    @Test
    void aProbeWithoutCallsKeepsNoTimeForThem() {
        Duration left = Duration.ofSeconds(30);
        Duration with = new Shares(1, true).of(Part.CONNECT, left).orElseThrow();
        assertThat(new Shares(1, false).of(Part.CONNECT, left).orElseThrow()).isGreaterThan(with);
    }

    @Test
    void whenTheGatewaysAnswersTookTwentySecondsOnlyTheCallIsLeftOut() {
        Shares shares = new Shares(2, true);
        Deadline whole = in(ProbePlan.LIMIT.minusSeconds(20));
        List<Part> taken = new ArrayList<>();
        for (Part part : Part.values()) {
            shares.of(part, whole.left()).ifPresent(share -> {
                taken.add(part);
                pass(share);
            });
        }
        assertThat(taken)
                .containsExactly(Part.NAME, Part.PING, Part.ROUTE, Part.CONNECT, Part.PAYLOAD, Part.MTU, Part.TLS);
    }

    @Test
    void aStepThatTakesLongerThanItsShareCostsOnlyThoseBehindIt() {
        Shares shares = new Shares(1, true);
        Deadline whole = in(ProbePlan.LIMIT);
        pass(ProbePlan.LIMIT.minusSeconds(8)); // this machine stood still
        assertThat(shares.of(Part.CONNECT, whole.left())).hasValue(Part.CONNECT.least);
        pass(Part.CONNECT.least);
        for (Part part : List.of(Part.PAYLOAD, Part.MTU, Part.TLS, Part.CALL)) {
            assertThat(shares.of(part, whole.left())).as("%s", part).isEmpty();
        }
    }

    @Test
    void nobodyWaitsForTheLimitOfAMinute() {
        assertThat(ProbePlan.LIMIT).isLessThan(Duration.ofSeconds(55)); // the command has to start and to print
    }
}
