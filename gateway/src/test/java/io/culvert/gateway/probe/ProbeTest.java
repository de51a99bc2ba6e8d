package io.culvert.gateway.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A probe of several addresses, with a name service and a network that are made up. */
final class ProbeTest {

    private static final String GOOD = "10.0.0.1";
    private static final String BAD = "10.0.0.2";

    private final AtomicLong nowNanos = new AtomicLong(5);
    private final Map<String, Place> places = new HashMap<>();
    private final List<String> order = Collections.synchronizedList(new ArrayList<>());
    private final List<Step> told = new ArrayList<>();
    private Duration limit = ProbePlan.LIMIT;
    private boolean rpc = true;
    private boolean trigger;
    private Optional<String> refusal = Optional.empty();

    /** An address whose port is open or silent. */
    private class Place implements Probe.Place {
        private final Answer answer;
        private final boolean dies;
        private String address = "";
        private Optional<Steps> steps = Optional.empty();

        Place(Answer answer) {
            this(answer, false);
        }

        /** @param dies of a call */
        Place(Answer answer, boolean dies) {
            this.answer = answer;
            this.dies = dies;
        }

        @Override
        public void harmless(Deadline whole) throws IOException, InterruptedException {
            steps.orElseThrow().connected(facts().attempts().getFirst());
            order.add("harmless");
        }

        @Override
        public boolean call(Deadline whole, boolean provoked) {
            order.add((provoked ? "provokes " : "calls ") + address);
            return dies;
        }

        @Override
        public void uncalled(String why) {
            order.add("spares " + address + ": " + why);
        }

        @Override
        public Facts facts() {
            FactsMade made = new FactsMade().port(8443, answer);
            made.refusal = refusal;
            return made.made();
        }
    }

    private final Probe.Places network = new Probe.Places() {
        @Override
        public boolean isWay(InetAddress address) {
            return true;
        }

        @Override
        public Probe.Place at(ProbePlan plan, InetAddress address, Steps steps) {
            Place place = places.getOrDefault(address.getHostAddress(), new Place(new Answer.Open()));
            place.steps = Optional.of(steps);
            place.address = address.getHostAddress();
            return place;
        }
    };

    @Test
    void aNameThatThereWasNoTimeForIsNotCertainlyUnknown() throws Exception {
        limit = Duration.ZERO;
        CountDownLatch never = new CountDownLatch(1);
        ProbeResult result = probe(name -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new UnknownHostException(name);
        });
        never.countDown();
        assertThat(result.finding().verdict()).isEqualTo(Verdict.DNS);
        assertThat(result.finding().confidence()).isEqualTo(Confidence.LOW);
        assertThat(result.steps())
                .extracting(Step::result)
                .last()
                .asString()
                .startsWith("not tested, or not to its end");
    }

    private ProbeResult probe(Names names) throws IOException, InterruptedException {
        ProbePlan plan = new ProbePlan(
                "gw.busan",
                List.of(new ProbePort(8443, ProbePort.Need.REQUIRED, true)),
                Expectation.NONE,
                rpc,
                trigger,
                Duration.ZERO,
                refusal,
                Optional.empty(),
                Optional.of("the gateway did not answer within 12 s"),
                limit);
        return new Probe(plan, names, network, nowNanos::get, told::add).run();
    }

    private static Names known(String... addresses) {
        return name -> {
            InetAddress[] all = new InetAddress[addresses.length];
            for (int i = 0; i < all.length; i++) {
                all[i] = InetAddress.getByName(addresses[i]);
            }
            return all;
        };
    }

    @Test
    void stepsAndVerdictSayWhichAddressBlocksAndWhichWorks() throws Exception {
        places.put(BAD, new Place(new Answer.Silent()));
        ProbeResult result = probe(known(GOOD, BAD));
        assertThat(result.finding().verdict()).isEqualTo(Verdict.FIREWALL_DROP);
        assertThat(result.finding().evidence())
                .contains(GOOD + " works, of the 2 addresses that were tried of gw.busan");
        assertThat(result.steps().stream()
                        .map(step -> step.name() + " " + step.target() + ": " + step.result())
                        .toList())
                .containsExactly(
                        "name : 10.0.0.1, 10.0.0.2",
                        "connect 10.0.0.1, port 8443: open",
                        "connect 10.0.0.2, port 8443: no answer",
                        "throughput through the stream: not measured: the gateway did not answer within 12 s");
        assertThat(told).containsExactlyInAnyOrderElementsOf(result.steps());
    }

    @Test
    void isNotOkWhereThereWasNoTimeToConnect() throws Exception {
        places.put(BAD, new Place(new Answer.Untried()));
        assertThatThrownBy(() -> probe(known(GOOD, BAD)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there was no time to connect to port 8443 of " + BAD);
        places.put(GOOD, new Place(new Answer.Silent()));
        assertThat(probe(known(GOOD, BAD)).finding().verdict())
                .as("what was found is found all the same")
                .isEqualTo(Verdict.FIREWALL_DROP);
    }

    @Test
    void aRefusalIsOfThePeerAndNotOfEachOfItsAddresses() throws Exception {
        refusal = Optional.of("refused by the peer: revoked");
        Finding finding = probe(known(GOOD, BAD)).finding();
        assertThat(finding.verdict()).isEqualTo(Verdict.PEER_REFUSED);
        assertThat(finding.evidence()).containsOnlyOnce("refused by the peer: revoked");
        assertThat(probe(known(GOOD)).finding().verdict()).isEqualTo(Verdict.PEER_REFUSED);
    }

    @Test
    void oneAddressIsNotNamedInEachStep() throws Exception {
        ProbeResult result = probe(known(GOOD));
        assertThat(result.finding().verdict()).isEqualTo(Verdict.OK);
        assertThat(result.steps().get(1).target()).isEqualTo("port 8443");
    }

    @Test
    void theHarmlessPartIsAtAllAddressesAtATimeAndCallsBehindItOneAfterTheOther() throws Exception {
        CyclicBarrier all = new CyclicBarrier(3);
        for (String address : List.of(GOOD, BAD, "10.0.0.3")) {
            places.put(address, new Place(new Answer.Open()) {
                @Override
                public void harmless(Deadline whole) throws IOException, InterruptedException {
                    try {
                        all.await(30, TimeUnit.SECONDS); // broken unless all three are in it
                    } catch (Exception e) {
                        throw new IOException("not at a time", e);
                    }
                    super.harmless(whole);
                }
            });
        }
        assertThat(probe(known(GOOD, BAD, "10.0.0.3")).finding().verdict()).isEqualTo(Verdict.OK);
        assertThat(order)
                .containsExactly("harmless", "harmless", "harmless", "calls " + GOOD, "calls " + BAD, "calls 10.0.0.3");
        order.clear();
        rpc = false;
        all.reset();
        probe(known(GOOD, BAD, "10.0.0.3"));
        assertThat(order).containsExactly("harmless", "harmless", "harmless");
    }

    @Test
    void callsGetWhatTheHarmlessPartLeavesOfTheTime() throws Exception {
        List<Duration> left = new ArrayList<>();
        for (String address : List.of(GOOD, BAD)) {
            places.put(address, new Place(new Answer.Open()) {
                @Override
                public void harmless(Deadline whole) throws IOException, InterruptedException {
                    super.harmless(whole);
                    nowNanos.addAndGet(Duration.ofSeconds(10).toNanos());
                }

                @Override
                public boolean call(Deadline whole, boolean provoked) {
                    left.add(whole.left());
                    nowNanos.addAndGet(Duration.ofSeconds(20).toNanos());
                    return super.call(whole, provoked);
                }
            });
        }
        probe(known(GOOD, BAD));
        assertThat(left).containsExactly(ProbePlan.LIMIT.minusSeconds(20), ProbePlan.LIMIT.minusSeconds(40));
    }

    @Test
    void aQuarantineIsProvokedAtOneAddressOnlyTheFirstThatIsOpen() throws Exception {
        trigger = true;
        places.put(BAD, new Place(new Answer.Silent()));
        probe(known(BAD, GOOD, "10.0.0.3"));
        assertThat(order)
                .as("nothing is open at the first")
                .containsExactly(
                        "harmless",
                        "harmless",
                        "harmless",
                        "provokes " + BAD,
                        "provokes " + GOOD,
                        "spares 10.0.0.3: a quarantine is provoked at one address only, " + GOOD);
    }

    @Test
    void noOtherAddressIsCalledBehindACallThatCostAQuarantine() throws Exception {
        places.put(GOOD, new Place(new Answer.Open(), true));
        probe(known(BAD, GOOD, "10.0.0.3", "10.0.0.4"));
        String why = ": " + GOOD + " was cut off behind its call, and another may renew that";
        assertThat(order.subList(4, order.size()))
                .containsExactly("calls " + BAD, "calls " + GOOD, "spares 10.0.0.3" + why, "spares 10.0.0.4" + why);
    }

    @Test
    void aNameServiceThatHangsIsNotWaitedForLongerThanItsShare() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        nowNanos.set(0);
        Names hanging = name -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new UnknownHostException(name);
        };
        Resolving.Resolved resolved = Resolving.run("gw.busan", hanging, Duration.ofMillis(20));
        never.countDown();
        assertThat(resolved.addresses()).isEmpty();
        assertThat(resolved.problem()).contains("did not answer within");
        assertThat(resolved.isLate()).isTrue();
        ProbeResult unknown = probe(name -> {
            throw new UnknownHostException(name);
        });
        assertThat(unknown.finding().verdict()).isEqualTo(Verdict.DNS);
        assertThat(unknown.steps())
                .singleElement()
                .extracting(Step::result)
                .asString()
                .contains("is not known here");
    }

    @Test
    void aBugOrALackAtOneAddressIsNotTakenForAVerdict() {
        places.put(BAD, new Place(new Answer.Open()) {
            @Override
            public void harmless(Deadline whole) throws IOException {
                throw new IOException("this process gets no socket");
            }
        });
        assertThatThrownBy(() -> probe(known(GOOD, BAD)))
                .isInstanceOf(IOException.class)
                .hasMessage("this process gets no socket");
        places.put(BAD, new Place(new Answer.Open()) {
            @Override
            public void harmless(Deadline whole) {
                throw new IllegalStateException("a bug");
            }
        });
        assertThatThrownBy(() -> probe(known(GOOD, BAD))).hasMessage("a bug");
    }
}
