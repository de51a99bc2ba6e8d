package io.culvert.gateway.owner;

import io.culvert.dedupe.pool.Fence;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A site's etcd in memory, in a time of its own: gateways keep a lease as long as they are let; what a lease held is free when it ends. A
 * gateway knows that its lease holds only for two thirds of its time.
 */
final class FakeBook {

    static final int TTL = 15;

    private final List<Session> sessions = new ArrayList<>();
    private final Map<Integer, Session> live = new TreeMap<>();
    private final Map<Integer, Book.Gateway> shown = new TreeMap<>();
    private final Map<String, Owned> owned = new HashMap<>();
    private int now;
    private long revision;
    private Runnable between = () -> {};

    /** One ownership in etcd. */
    private record Owned(Session by, long revision) {}

    /** The store of one gateway. */
    final class Session implements Book {
        private final int number;
        private final Map<String, Held> held = new HashMap<>();
        private int renewed = now;
        private boolean away;
        private boolean stopped;

        private Session(int number) {
            this.number = number;
        }

        /** No call succeeds and no lease is renewed. */
        void away(boolean on) {
            away = on;
        }

        /** It does not run: nothing of it is told anything either. */
        void stopped(boolean on) {
            stopped = on;
        }

        private void requireHere() throws IOException {
            between.run();
            if (away || stopped) {
                throw new IOException("etcd is away");
            }
        }

        private boolean isGranted() {
            return now - renewed < TTL;
        }

        boolean isLeaseKnown() {
            return now - renewed < TTL * 2 / 3;
        }

        @Override
        public void show(Mode mode, List<String> able, List<Ailment> ailments) throws IOException {
            requireHere();
            Session before = live.get(number);
            if (before != null && before != this && before.isGranted()) {
                throw new IOException("a former run has the number");
            }
            live.put(number, this);
            shown.put(
                    number,
                    new Gateway(
                            number,
                            name(number),
                            "host",
                            "host:1",
                            true,
                            mode,
                            able,
                            ailments,
                            Instant.EPOCH,
                            Instant.EPOCH));
        }

        @Override
        public Page look() throws IOException {
            requireHere();
            List<Gateway> gateways = new ArrayList<>();
            shown.values()
                    .forEach(one -> gateways.add(new Gateway(
                            one.number(),
                            one.name(),
                            one.host(),
                            one.endpoint(),
                            Objects.requireNonNull(live.get(one.number())).isGranted(),
                            one.mode(),
                            one.able(),
                            one.ailments(),
                            one.started(),
                            one.seen())));
            Map<String, Holder> holders = new HashMap<>();
            owned.forEach((thing, by) -> holders.put(thing, new Holder(name(by.by().number), Instant.EPOCH)));
            return new Page(gateways, holders);
        }

        @Override
        public Claim claim(Thing thing, Consumer<String> lost) throws IOException {
            requireHere();
            if (owned.containsKey(thing.id()) || !isGranted()) {
                throw new IOException("it is owned");
            }
            Owned mine = new Owned(this, ++revision);
            owned.put(thing.id(), mine);
            Held claim = new Held(this, thing.id(), mine, lost);
            held.put(thing.id(), claim);
            return claim;
        }

        /** What its store finds out by itself. */
        void tell() {
            if (stopped) {
                return;
            }
            boolean known = isLeaseKnown();
            for (Held claim : List.copyOf(held.values())) {
                if (!known || !claim.mine.equals(owned.get(claim.thing))) {
                    held.remove(claim.thing);
                    claim.lost.accept("the lease is lost");
                }
            }
        }
    }

    private final class Held implements Book.Claim {
        private final Session session;
        private final String thing;
        private final Owned mine;
        private final Consumer<String> lost;

        private Held(Session session, String thing, Owned mine, Consumer<String> lost) {
            this.session = session;
            this.thing = thing;
            this.mine = mine;
            this.lost = lost;
        }

        @Override
        public Fence fence() {
            return new Fence(1, mine.revision());
        }

        @Override
        public boolean isLive() {
            return session.isLeaseKnown() && session.held.get(thing) == this;
        }

        @Override
        public void release() {
            if (session.held.remove(thing, this) && !session.away) {
                owned.remove(thing, mine);
            }
        }
    }

    /** What others do before each call is answered. */
    void between(Runnable action) {
        between = action;
    }

    static String name(int number) {
        return "seoul/" + number;
    }

    Session session(int number) {
        Session fresh = new Session(number);
        sessions.add(fresh);
        return fresh;
    }

    /** A second passes. */
    void pass() {
        now++;
        Set<Session> ended = new HashSet<>();
        for (Session session : sessions) {
            boolean renews = !session.away && !session.stopped;
            if (!session.isGranted() || renews && !session.isLeaseKnown()) {
                ended.add(session); // it ran out, or is given up for another one
            }
            session.tell();
            if (renews) {
                session.renewed = now;
            }
        }
        owned.values().removeIf(by -> ended.contains(by.by()));
        sessions.forEach(Session::tell);
    }

    /** The process is gone, its lease is not. */
    void kill(Session session) {
        session.held.clear();
        session.stopped(true);
    }

    int now() {
        return now;
    }

    int ownerOf(Thing thing) {
        Owned by = owned.get(thing.id());
        return by == null ? 0 : by.by().number;
    }
}
