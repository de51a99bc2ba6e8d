package io.culvert.gateway.checkpoint;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What is to be done about a migration, judged by how both stores look. Pure. */
final class MigrationPlan {

    /**
     * Who asks for what.
     *
     * @param site whose checkpoints are moved
     * @param others numbers of the site's gateways that the own one knows of, beside itself
     * @param seenEpoch the highest that the own gateway has seen of any etcd
     * @param now by this host's clock, which proposes an epoch
     * @param isForced what was left in the target, or is unknown in the source, does not count
     */
    record Wish(String site, Set<Integer> others, long seenEpoch, Instant now, boolean isForced) {}

    /** What is to be done. */
    sealed interface Step {
        /** All was moved before. */
        record Nothing(Instant at) implements Step {}

        /**
         * All is to be moved.
         *
         * @param epoch what begins in the target: higher than every one before
         * @param resumes an earlier run was broken off
         */
        record Move(long epoch, boolean resumes) implements Step {}
    }

    private MigrationPlan() {}

    /** @throws RefusedMigrationException if nothing may be done */
    static Step of(Wish wish, StoreEnd.Look from, StoreEnd.Look to) throws RefusedMigrationException {
        if (from.id().equals(to.id())) {
            throw refused("both site files name the same store, " + from.shown());
        }
        requireOwn(wish, from);
        requireOwn(wish, to);
        if (from.site().isEmpty()) {
            throw refused("there is nothing to move: no gateway has used " + from.shown()
                    + " yet; start the gateway with the new site file");
        }
        boolean left = isLeftFor(to, from, wish);
        if (left && to.mark().isEmpty() && to.site().isPresent()) {
            return new Step.Nothing(from.mark().orElseThrow().at());
        }
        if (!from.live().isEmpty()) {
            throw refused(live(from.shown(), from.live()));
        }
        if (!from.strange().isEmpty() && !wish.isForced()) {
            throw refused(
                    from.shown() + " has " + from.strange().size() + " keys that this version does not know, such as "
                            + from.strange().getFirst() + "; --force leaves them where they are");
        }
        requireRoom(wish, from, to);
        requireFree(wish, from, to);
        boolean resumes = to.mark()
                .filter(mark -> mark.kind() == StoreMark.Kind.COMING && mark.names(from.id()))
                .isPresent();
        boolean keeps = resumes && left && to.epoch() > Math.max(from.epoch(), wish.seenEpoch());
        long known = Math.max(wish.seenEpoch(), Math.max(highest(from), highest(to)));
        return new Step.Move(keeps ? to.epoch() : next(known, wish.now()), resumes);
    }

    /** The epoch in which a store goes on that was left. */
    static long reopened(Wish wish, StoreEnd.Look store) throws RefusedMigrationException {
        requireOwn(wish, store);
        StoreMark mark = store.mark()
                .orElseThrow(() -> refused(
                        store.shown() + " was not left for another store; a gateway may work with it as it is"));
        if (mark.kind() == StoreMark.Kind.COMING) {
            throw refused(mark.sentence(store.shown()) + "; it is not complete, and cannot be worked with before that");
        }
        return next(Math.max(highest(store), wish.seenEpoch()), wish.now());
    }

    /** Of all epochs that a store knows, also of one that it was moved to. */
    private static long highest(StoreEnd.Look store) {
        return Math.max(store.epoch(), store.mark().map(StoreMark::epoch).orElse(0L));
    }

    private static long next(long known, Instant now) {
        return Math.max(known + 1, now.getEpochSecond());
    }

    private static void requireOwn(Wish wish, StoreEnd.Look store) throws RefusedMigrationException {
        if (store.site().isPresent() && !store.site().get().equals(wish.site())) {
            throw refused(store.shown() + " belongs to site " + store.site().get() + ", this is site " + wish.site()
                    + "; give each site a prefix of its own");
        }
    }

    /** Whether the source was left for this target. */
    private static boolean isLeftFor(StoreEnd.Look to, StoreEnd.Look from, Wish wish) throws RefusedMigrationException {
        if (from.mark().isEmpty()) {
            return false;
        }
        StoreMark mark = from.mark().get();
        if (mark.kind() == StoreMark.Kind.COMING) {
            throw refused(mark.sentence(from.shown()));
        }
        if (!mark.names(to.id())) {
            throw refused(mark.sentence(from.shown()));
        }
        if (to.site().isEmpty() && !wish.isForced()) {
            throw refused(from.shown() + " was moved to " + to.shown() + " at " + mark.at()
                    + ", where nothing is any more; --force moves once more what was left then");
        }
        return true;
    }

    private static void requireRoom(Wish wish, StoreEnd.Look from, StoreEnd.Look to) throws RefusedMigrationException {
        Set<Integer> others = new TreeSet<>(wish.others());
        others.addAll(from.others());
        if (!to.isShared() && !others.isEmpty()) {
            String numbers =
                    others.stream().map(number -> wish.site() + "/" + number).collect(Collectors.joining(", "));
            throw refused("this site has, or had, other gateways than this one: " + numbers + "; " + to.shown()
                    + " serves one gateway only, several need an etcd that all reach");
        }
    }

    private static void requireFree(Wish wish, StoreEnd.Look from, StoreEnd.Look to) throws RefusedMigrationException {
        if (!to.live().isEmpty()) {
            throw refused(live(to.shown(), to.live()));
        }
        if (!to.strange().isEmpty()) {
            throw refused(to.shown() + " is not empty: it has " + to.strange().getFirst()
                    + ", which is not of this site; choose another prefix");
        }
        if (to.mark().isEmpty()) {
            if (to.kept() > 0) {
                throw refused(to.shown() + " is not empty: it keeps " + to.kept() + " checkpoints and notes of site "
                        + to.site().orElse("?") + "; choose another prefix, or remove them if nobody needs them");
            }
            return;
        }
        StoreMark mark = to.mark().get();
        if (!mark.names(from.id()) && !wish.isForced()) {
            throw refused(mark.sentence(to.shown()) + "; --force replaces what is in it");
        }
    }

    static String live(String store, List<String> live) {
        return String.join(", ", live) + " works with " + store
                + "; stop every gateway of the site first (one that was killed counts as stopped when its lease ends, after at"
                + " most 15 s)";
    }

    private static RefusedMigrationException refused(String sentence) {
        return new RefusedMigrationException(sentence);
    }
}
