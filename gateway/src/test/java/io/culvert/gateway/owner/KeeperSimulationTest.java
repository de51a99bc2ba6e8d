package io.culvert.gateway.owner;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three gateways of a site that are killed, stopped, cut off from etcd and drained, in any order: no thing ever has two owners that may
 * write, and soon after the last trouble each has one.
 *
 * <p>{@code culvert.owners.seed} repeats one run, {@code culvert.owners.runs} makes more.
 */
final class KeeperSimulationTest {

    private static final int RUNS = Integer.getInteger("culvert.owners.runs", 150);
    private static final Set<Integer> ALL = Set.of(1, 2, 3);
    private static final Set<String> PEERS = Set.of("busan", "jeju", "daegu");

    @TempDir
    static Path directory;

    private static SiteConfig config;

    @BeforeAll
    static void load() throws Exception {
        Path file = directory.resolve("site.yaml");
        Files.writeString(file, """
                site: seoul
                stateDir: %s
                pools: {a: {path: /p/a}, b: {path: /p/b}, c: {path: /p/c}}
                grants: {busan: {write: [a]}, jeju: {write: [b]}}
                appliances:
                  dd: {kind: datadomain, peer: busan, address: 10.9.0.1}
                """.formatted(directory.resolve("state")));
        config = SiteConfigLoader.load(file);
    }

    @Test
    void everyThingHasOneOwnerWhateverHappens() {
        forEachSeed(seed -> new Run(seed).ofThree());
    }

    @Test
    void aGatewayThatIsAloneKeepsWhatItHasWhenOthersCome() {
        forEachSeed(seed -> new Run(seed).ofOneThatIsJoined());
    }

    private static void forEachSeed(LongConsumer life) {
        long first = Long.getLong("culvert.owners.seed", System.nanoTime());
        int runs = Long.getLong("culvert.owners.seed") == null ? RUNS : 1;
        System.err.println("culvert.owners.seed=" + first + " and the " + (runs - 1) + " that follow");
        for (int run = 0; run < runs; run++) {
            life.accept(first + run);
        }
    }

    /** One life of a site. */
    private static final class Run {
        private final long seed;
        private final SplittableRandom random;
        private final FakeBook book = new FakeBook();
        private final Map<Integer, Gateway> gateways = new TreeMap<>();

        /** Those that look now, each in the middle of the one before. */
        private final Set<Integer> looking = new HashSet<>();

        Run(long seed) {
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            book.between(this::another);
        }

        /** While one gateway looks, others do. */
        private void another() {
            if (looking.size() < 3 && random.nextInt(4) == 0) {
                look(gateway(1 + random.nextInt(gateways.size())));
            }
        }

        private void look(Gateway one) {
            if (!one.stopped && looking.add(one.number)) {
                one.keeper.look();
                looking.remove(one.number);
                check();
            }
        }

        /** A process. */
        private final class Gateway implements Duty {
            private final int number;
            private final FakeBook.Session session;
            private final Keeper keeper;

            /** With the claim, null as long as it is alone. */
            private final Map<Thing, Book.@Nullable Claim> taken = new HashMap<>();

            private Set<Integer> known;
            private boolean stopped;
            private boolean broken;
            private int relayed;

            Gateway(int number, Set<Integer> known) {
                this.number = number;
                this.known = known;
                this.session = book.session(number);
                if (known.size() == 1) {
                    Shares.of(config, PEERS).forEach(share -> share.things().forEach(thing -> taken.put(thing, null)));
                }
                this.keeper = new Keeper(
                        new Keeper.Surroundings(
                                number,
                                () -> this.known,
                                () -> config,
                                () -> PEERS,
                                new Sees(number),
                                peer -> relayed,
                                () -> book.now() * 1_000_000_000L),
                        session,
                        this,
                        new Whereabouts(),
                        InstantSource.system(),
                        Runnable::run);
            }

            @Override
            public void take(Thing thing, Book.@Nullable Claim claim) throws IOException {
                if (broken && random.nextInt(3) == 0) {
                    throw new IOException("the disk is broken");
                }
                assertThat(claim).isNotNull();
                taken.put(thing, claim);
            }

            @Override
            public void leave(Thing thing, String why) {
                taken.remove(thing);
            }
        }

        /** Pool c is on a disk that only the third sees. */
        private record Sees(int number) implements Keeper.Able {
            @Override
            public boolean pool(String name) {
                return !name.equals("c") || number == 3;
            }

            @Override
            public boolean source(String dataset) {
                return true;
            }
        }

        void ofThree() {
            for (int number = 1; number <= 3; number++) {
                gateways.put(number, new Gateway(number, ALL));
            }
            go();
        }

        /** The third is made last, with what the first knows; pool c is on its disk, and moves there. */
        void ofOneThatIsJoined() {
            Gateway first = new Gateway(1, Set.of(1));
            gateways.put(1, first);
            for (int second = random.nextInt(5); second > 0; second--) {
                step();
            }
            first.session.away(random.nextInt(3) == 0); // of no matter to one that is alone
            step();
            first.known = ALL; // noted before an identity is given away
            for (int number = 2; number <= 3; number++) {
                gateways.put(number, new Gateway(number, ALL));
                for (int second = random.nextInt(3); second > 0; second--) {
                    step();
                }
            }
            first.session.away(false);
            go();
        }

        private void go() {
            for (int second = 0; second < 200; second++) {
                trouble();
                step();
            }
            for (Gateway one : List.copyOf(gateways.values())) {
                resume(one);
                one.broken = false;
                one.relayed = 0;
                one.session.away(false);
                one.keeper.drainNoMore();
            }
            for (int second = 0; second < 60; second++) {
                step();
            }
            settled();
        }

        private void trouble() {
            if (random.nextInt(6) != 0) {
                return;
            }
            int number = 1 + random.nextInt(3);
            Gateway one = gateway(number);
            switch (random.nextInt(8)) {
                case 0 -> {
                    book.kill(one.session);
                    gateways.put(number, new Gateway(number, ALL)); // at once: its former lease still stands
                }
                case 1, 2 -> stop(one);
                case 3 -> resume(one);
                case 4 -> one.session.away(random.nextBoolean());
                case 5 -> {
                    if (random.nextBoolean()) {
                        one.keeper.drain(Duration.ofSeconds(random.nextInt(20)));
                    } else {
                        one.keeper.drainNoMore();
                    }
                }
                case 6 -> one.relayed = random.nextInt(2);
                default -> one.broken = random.nextBoolean();
            }
        }

        private Gateway gateway(int number) {
            return Objects.requireNonNull(gateways.get(number));
        }

        private void stop(Gateway one) {
            one.stopped = true;
            one.session.stopped(true);
        }

        private void resume(Gateway one) {
            one.stopped = false;
            one.session.stopped(false);
        }

        private void step() {
            book.pass();
            check();
            List<Gateway> order = new ArrayList<>(gateways.values());
            while (!order.isEmpty()) {
                Gateway next = order.remove(random.nextInt(order.size()));
                look(next);
            }
        }

        /** Whoever believes to own a thing, and would write, owns it. */
        private void check() {
            Map<Thing, Integer> writers = new HashMap<>();
            for (Gateway one : gateways.values()) {
                one.taken.forEach((thing, claim) -> {
                    if (claim == null || claim.isLive()) {
                        Integer other = writers.put(thing, one.number);
                        assertThat(other)
                                .as("seed %d: %s has a second owner", seed, thing)
                                .isNull();
                    }
                    if (claim != null && claim.isLive()) {
                        assertThat(book.ownerOf(thing))
                                .as("seed %d: %s at %d", seed, thing, one.number)
                                .isEqualTo(one.number);
                    }
                });
            }
        }

        private void settled() {
            List<Share> shares = Shares.of(config, PEERS);
            assertThat(shares).hasSize(6);
            for (Share share : shares) {
                int owner = book.ownerOf(share.things().getFirst());
                assertThat(owner)
                        .as("seed %d: %s has no owner", seed, share.name())
                        .isPositive();
                for (Thing thing : share.things()) {
                    gateways.forEach((number, one) -> assertThat(one.taken.containsKey(thing))
                            .as("seed %d: the duty of %s at %d", seed, thing, number)
                            .isEqualTo(number == owner));
                    assertThat(book.ownerOf(thing))
                            .as("seed %d: %s", seed, thing)
                            .isEqualTo(owner);
                }
            }
            assertThat(book.ownerOf(Thing.pool("c"))).as("seed %d", seed).isEqualTo(3);
        }
    }
}
