package io.culvert.gateway.owner;

import io.culvert.siteconfig.SiteConfig;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that this gateway owns what it should, and nothing else.
 *
 * <pre>
 *   nobody's --claimed, duty taken--> mine --lease lost | should be elsewhere | removed--> duty left, claim released --> nobody's
 * </pre>
 *
 * As long as this gateway knows of no other it owns everything without a claim. When it comes to know of one, it claims what it has, and
 * shows itself only then: others claim nothing before they have seen it.
 */
public final class Keeper implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
    private static final Duration EACH = Duration.ofMillis(500);

    /** How often this gateway shows itself when nothing of it has changed. */
    private static final Duration SHOWN_EACH = Duration.ofSeconds(20);

    /** How long it waits before it shows itself again only to say what ails or no longer does. */
    private static final Duration AILMENTS_EACH = Duration.ofSeconds(5);

    /** How long the gateway that should have a thing gets before any other takes it. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** How long one that could not do its duty leaves the thing to others. */
    private static final Duration PENANCE = Duration.ofSeconds(30);

    /**
     * What it is made with.
     *
     * @param number of this gateway
     * @param known numbers of all gateways that this one has ever known of, itself included
     * @param peers those that are enrolled
     * @param able what of all that it could own is within its reach
     * @param relayed how many connections are relayed in the stream to a peer now
     * @param ticker nanoseconds
     */
    public record Surroundings(
            int number,
            Supplier<Set<Integer>> known,
            Supplier<SiteConfig> config,
            Supplier<Set<String>> peers,
            Able able,
            ToIntFunction<String> relayed,
            LongSupplier ticker) {}

    /** Looks whether disks and sources are there. */
    public interface Able {
        boolean pool(String name);

        boolean source(String dataset);
    }

    private final Surroundings around;
    private final Book book;
    private final Whereabouts whereabouts;
    private final Posts posts;
    private final Parting parting;
    private final Map<Thing, Long> failedNanos = new ConcurrentHashMap<>();
    private final Map<Thing, Long> unownedNanos = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;
    private List<String> shownAble = List.of();
    private List<Ailment> shownAilments = List.of();
    private boolean shownDraining;
    private long shownNanos;
    private boolean shown;
    private boolean hurry;
    private volatile List<Ailment> ailments = List.of();
    private volatile boolean closed;

    public Keeper(Surroundings around, Book book, Duty duty, Whereabouts whereabouts, InstantSource clock) {
        this(around, book, duty, whereabouts, clock, Thread::startVirtualThread);
    }

    Keeper(Surroundings around, Book book, Duty duty, Whereabouts whereabouts, InstantSource clock, Executor losses) {
        this.around = around;
        this.book = book;
        this.whereabouts = whereabouts;
        this.parting = new Parting(around.ticker(), around.relayed());
        this.posts = new Posts(book, duty, whereabouts, clock, this::hurry, losses);
        this.thread = Thread.ofPlatform().daemon().name("keeper").unstarted(this::run);
        if (isShared()) {
            whereabouts.shared();
        }
    }

    /** Begins. A gateway that is alone has everything already: nothing is taken for it here. */
    public void start() {
        thread.start();
    }

    private boolean isShared() {
        return around.known().get().size() > 1;
    }

    /** Something has changed that may make this gateway own more or less. */
    public void hurry() {
        lock.lock();
        try {
            hurry = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes nothing more, and gives away what others can have.
     *
     * @param connections how long a stream stays at most because relayed connections are open in it
     */
    public void drain(Duration connections) {
        parting.drain(connections);
        hurry();
    }

    /** Takes its part again. */
    public void drainNoMore() {
        parting.drainNoMore();
        hurry();
    }

    /** What is wrong now with what this gateway has, for the others to know. */
    public void suffers(List<Ailment> now) {
        ailments = List.copyOf(now);
    }

    private void run() {
        try {
            while (!closed) {
                try {
                    look();
                } catch (RuntimeException e) {
                    LOG.atError().setCause(e).log("a bug: owners were not looked after this time");
                }
                pause();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pause() throws InterruptedException {
        lock.lock();
        try {
            long left = EACH.toNanos();
            while (!hurry && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            hurry = false;
        } finally {
            lock.unlock();
        }
    }

    private List<Share> shares() {
        return Shares.of(around.config().get(), around.peers().get());
    }

    /** Looks once; what the thread does each half second. */
    void look() {
        if (!isShared()) {
            return;
        }
        List<Share> shares = shares();
        if (whereabouts.isAlone()) {
            posts.held(things(shares)); // it has everything, and is about to claim it
            whereabouts.shared();
            LOG.info("this site has another gateway now: what this one owns it claims");
        }
        posts.keepOnly(things(shares));
        try {
            boolean claimed = posts.claimHeld();
            if (claimed) {
                show(shares); // others claim what is free as soon as they see this gateway
            }
            Book.Page page = book.look();
            whereabouts.gateways(page.gateways());
            parting.see(page.gateways());
            posts.see(page);
            if (claimed) {
                place(shares, page);
            }
        } catch (IOException e) {
            whereabouts.trouble(String.valueOf(e.getMessage()));
            posts.unknown(things(shares), String.valueOf(e.getMessage()));
        }
    }

    private static Set<Thing> things(List<Share> shares) {
        Set<Thing> all = new HashSet<>();
        shares.forEach(share -> all.addAll(share.things()));
        return all;
    }

    private void show(List<Share> shares) throws IOException {
        List<String> able = able(shares);
        long now = around.ticker().getAsLong();
        List<Ailment> ails = ailments;
        Duration each = ails.equals(shownAilments) ? SHOWN_EACH : AILMENTS_EACH;
        boolean due = !shown || now - shownNanos >= each.toNanos();
        if (due || !able.equals(shownAble) || parting.drains() != shownDraining) {
            shown = false;
            boolean drains = parting.drains();
            book.show(drains ? Book.Mode.DRAINING : Book.Mode.SERVING, able, ails);
            shown = true;
            shownNanos = now;
            shownAble = able;
            shownAilments = ails;
            shownDraining = drains;
        }
    }

    private List<String> able(List<Share> shares) {
        long now = around.ticker().getAsLong();
        failedNanos.values().removeIf(since -> now - since >= PENANCE.toNanos());
        Set<String> pools = new HashSet<>();
        Set<String> seen = new HashSet<>();
        Set<String> unseen = new HashSet<>();
        for (Share share : shares) {
            for (Thing thing : share.things()) {
                if (thing.kind() == Thing.Kind.POOL
                        && !failedNanos.containsKey(thing)
                        && around.able().pool(thing.name())) {
                    pools.add(thing.id());
                }
            }
            share.sources().forEach(source -> (around.able().source(source) ? seen : unseen).add(source));
        }
        return Reach.of(pools, seen, unseen).shown();
    }

    private void place(List<Share> shares, Book.Page page) {
        Set<Integer> unseen = new HashSet<>(around.known().get());
        page.gateways().forEach(gateway -> unseen.remove(gateway.number()));
        if (!unseen.isEmpty()) {
            String numbers = unseen.stream().sorted().map(String::valueOf).collect(Collectors.joining(", "));
            whereabouts.trouble("of this site's gateways, number " + numbers + " was never seen in etcd, and may own"
                    + " everything: start it");
            return;
        }
        whereabouts.trouble("");
        Map<Share, Integer> placed = Placement.of(shares, candidates(page), numbers(page));
        for (Share share : shares) {
            int target = placed.getOrDefault(share, 0);
            if (target == around.number()) {
                take(share, page);
            } else if (target != 0 && posts.holdsAnyOf(share)) {
                if (parting.isDue(share, target)) {
                    give(share, target);
                }
            } else if (mayStepIn(share, page)) {
                take(share, page);
            }
        }
    }

    private List<Placement.Candidate> candidates(Book.Page page) {
        return page.gateways().stream()
                .map(one -> new Placement.Candidate(
                        one.number(), one.live(), one.mode() != Book.Mode.SERVING, Reach.parse(one.able())))
                .toList();
    }

    private static Map<String, Integer> numbers(Book.Page page) {
        Map<String, Integer> byName = new HashMap<>();
        page.gateways().forEach(one -> byName.put(one.name(), one.number()));
        Map<String, Integer> owners = new HashMap<>();
        page.holders().forEach((thing, holder) -> {
            Integer number = byName.get(holder.gateway());
            if (number != null) {
                owners.put(thing, number);
            }
        });
        return owners;
    }

    private void take(Share share, Book.Page page) {
        for (Thing thing : share.things()) {
            boolean free = !page.holders().containsKey(thing.id());
            if (free && !failedNanos.containsKey(thing) && !posts.take(thing)) {
                failedNanos.put(thing, around.ticker().getAsLong());
            }
        }
    }

    private void give(Share share, int target) {
        LOG.atInfo().addKeyValue("share", share.name()).log("goes to gateway {} of this site", target);
        for (Thing thing : share.things().reversed()) {
            posts.give(thing, "it goes to gateway " + target + " of this site");
        }
    }

    /** Whether the gateway that should have it has not taken it for too long. */
    private boolean mayStepIn(Share share, Book.Page page) {
        long now = around.ticker().getAsLong();
        boolean late = false;
        for (Thing thing : share.things()) {
            if (page.holders().containsKey(thing.id())) {
                unownedNanos.remove(thing);
            } else {
                late |= now - unownedNanos.computeIfAbsent(thing, fresh -> now) > GRACE.toNanos();
            }
        }
        return late && !parting.drains();
    }

    /** Gives everything up, in order: another gateway takes it at once. */
    @Override
    public void close() {
        closed = true;
        hurry(); // and no interrupt, which would close the files of a pool that is being opened
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        posts.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
