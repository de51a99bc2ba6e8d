package io.culvert.gateway.owner;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The things that this gateway has, each with its claim and its duty, which come and go together. A thing's lock is held while its duty is
 * taken or left, so that one that is lost while it is being taken is left afterwards.
 */
final class Posts implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Posts.class);

    /** One thing; what is not final is guarded by its lock. */
    private static final class Post {
        private final Thing thing;
        private final ReentrantLock lock = new ReentrantLock();
        private boolean taken;
        private Book.@Nullable Claim claim;

        private Post(Thing thing) {
            this.thing = thing;
        }
    }

    private final Book book;
    private final Duty duty;
    private final Whereabouts whereabouts;
    private final InstantSource clock;
    private final Runnable changed;
    private final Executor losses;
    private final ConcurrentHashMap<Thing, Post> posts = new ConcurrentHashMap<>();

    /** Why this gateway could not take what nobody has. */
    private final ConcurrentHashMap<Thing, String> failures = new ConcurrentHashMap<>();

    /**
     * @param changed is told when a thing was lost
     * @param losses leaves what was lost, which may take a while
     */
    Posts(Book book, Duty duty, Whereabouts whereabouts, InstantSource clock, Runnable changed, Executor losses) {
        this.book = book;
        this.duty = duty;
        this.whereabouts = whereabouts;
        this.clock = clock;
        this.changed = changed;
        this.losses = losses;
    }

    private Post post(Thing thing) {
        return posts.computeIfAbsent(thing, Post::new);
    }

    /** These are had already, without a claim. */
    void held(Set<Thing> things) {
        for (Thing thing : things) {
            Post post = post(thing);
            post.lock.lock();
            try {
                post.taken = true;
            } finally {
                post.lock.unlock();
            }
            whereabouts.here(thing, clock.instant());
        }
    }

    /** Claims what is had without a claim, and goes on under it; returns whether nothing is had without one any more. */
    boolean claimHeld() {
        boolean all = true;
        for (Post post : List.copyOf(posts.values())) {
            post.lock.lock();
            try {
                if (post.taken && post.claim == null) {
                    takeLocked(post);
                }
                all &= !post.taken || post.claim != null;
            } finally {
                post.lock.unlock();
            }
        }
        return all;
    }

    /** Claims a thing and takes its duty; false if the duty could not be taken, and others should try. */
    boolean take(Thing thing) {
        Post post = post(thing);
        post.lock.lock();
        try {
            return post.claim != null || takeLocked(post);
        } finally {
            post.lock.unlock();
        }
    }

    private boolean takeLocked(Post post) {
        Thing thing = post.thing;
        Book.Claim claim;
        try {
            claim = book.claim(thing, why -> lost(post, why));
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("thing", thing).log("is not claimed: {}", e.getMessage());
            return true; // the next look says whose it is
        }
        post.claim = claim;
        whereabouts.here(thing, clock.instant());
        try {
            duty.take(thing, claim);
            post.taken = true;
            failures.remove(thing);
            LOG.atInfo()
                    .addKeyValue("thing", thing)
                    .addKeyValue("fence", claim.fence())
                    .log("is with this gateway now");
            return true;
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("thing", thing).log("cannot be taken here, others may try: {}", e.getMessage());
            failures.put(thing, String.valueOf(e.getMessage()));
            leaveLocked(post, String.valueOf(e.getMessage()));
            whereabouts.put(thing, new Whereabouts.Place.Nowhere(String.valueOf(e.getMessage()), clock.instant()));
            return false;
        }
    }

    /** On a thread of the store, which must not wait for disks: the claim says at once that it does not hold. */
    private void lost(Post post, String why) {
        losses.execute(() -> {
            post.lock.lock();
            try {
                Book.Claim claim = post.claim;
                if (claim != null && !claim.isLive()) {
                    leaveLocked(post, why);
                    whereabouts.put(post.thing, new Whereabouts.Place.Nowhere(why, clock.instant()));
                }
            } finally {
                post.lock.unlock();
            }
            changed.run();
        });
    }

    /** Leaves a thing in order; another gateway can claim it at once. */
    void give(Thing thing, String why) {
        Post post = post(thing);
        post.lock.lock();
        try {
            if (post.taken || post.claim != null) {
                leaveLocked(post, why);
                whereabouts.put(thing, new Whereabouts.Place.Nowhere(why, clock.instant()));
                LOG.atInfo().addKeyValue("thing", thing).log("is given up: {}", why);
            }
        } finally {
            post.lock.unlock();
        }
    }

    private void leaveLocked(Post post, String why) {
        try {
            duty.leave(post.thing, why);
        } finally {
            post.taken = false;
            Book.Claim claim = post.claim;
            post.claim = null;
            if (claim != null) {
                claim.release();
            }
        }
    }

    boolean holdsAnyOf(Share share) {
        return share.things().stream().anyMatch(this::holds);
    }

    private boolean holdsUnclaimed(Thing thing) {
        Post post = post(thing);
        post.lock.lock();
        try {
            return post.taken && post.claim == null;
        } finally {
            post.lock.unlock();
        }
    }

    private boolean holds(Thing thing) {
        Post post = post(thing);
        post.lock.lock();
        try {
            return post.taken;
        } finally {
            post.lock.unlock();
        }
    }

    /** Gives up what is not among these, such as what is no longer in the site file. */
    void keepOnly(Set<Thing> things) {
        for (Thing thing : List.copyOf(posts.keySet())) {
            if (!things.contains(thing)) {
                give(thing, "the site has it no more");
                posts.remove(thing);
                failures.remove(thing);
                whereabouts.forget(thing);
            }
        }
        things.forEach(this::post);
    }

    /** What the book says of things that are not here; what is had without a claim and is another's is left. */
    void see(Book.Page page) {
        for (Thing thing : posts.keySet()) {
            Book.Holder holder = page.holders().get(thing.id());
            if (holder != null && holdsUnclaimed(thing)) {
                give(thing, "gateway " + holder.gateway() + " has it");
            }
            if (holds(thing)) {
                continue;
            }
            if (holder == null) {
                String why = failures.getOrDefault(thing, "a gateway takes it in a moment");
                whereabouts.put(thing, new Whereabouts.Place.Nowhere(why, clock.instant()));
            } else {
                failures.remove(thing);
                String host = page.gateways().stream()
                        .filter(one -> one.name().equals(holder.gateway()))
                        .map(Book.Gateway::host)
                        .findFirst()
                        .orElse("");
                whereabouts.put(thing, new Whereabouts.Place.Elsewhere(holder.gateway(), host, holder.since()));
            }
        }
    }

    /** Nobody can say whose these are now, but of what is here. */
    void unknown(Set<Thing> things, String why) {
        Instant now = clock.instant();
        things.stream()
                .filter(thing -> !holds(thing))
                .forEach(thing -> whereabouts.put(thing, new Whereabouts.Place.Nowhere(why, now)));
    }

    @Override
    public void close() {
        posts.values().stream()
                .map(post -> post.thing)
                .sorted((one, other) -> other.kind().compareTo(one.kind()))
                .forEach(thing -> give(thing, "the gateway stops"));
    }
}
