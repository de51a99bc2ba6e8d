package io.culvert.gateway.owner;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which gateway should own which share. The same for all who see the same: what is owned stays where it is, what nobody owns goes to the
 * gateway that has least, and when all is owned, one that has two more than another gives it one.
 */
final class Placement {

    /** More at one gateway than at another, before a share moves for the sake of balance. */
    private static final int IMBALANCE = 2;

    /**
     * A gateway as it matters here.
     *
     * @param reach what it sees
     */
    record Candidate(int number, boolean live, boolean draining, Reach reach) {}

    private final List<Candidate> live;
    private final Map<Integer, Integer> load = new HashMap<>();
    private final Map<Share, Integer> placed = new LinkedHashMap<>();

    private Placement(List<Candidate> live) {
        this.live = live;
        live.forEach(one -> load.put(one.number(), 0));
    }

    /**
     * Who should own what; a share that no live gateway can have is not in it.
     *
     * @param owners numbers of the gateways that own things now, by the things' ids
     */
    static Map<Share, Integer> of(List<Share> shares, List<Candidate> gateways, Map<String, Integer> owners) {
        Placement placement = new Placement(gateways.stream()
                .filter(Candidate::live)
                .sorted(Comparator.comparing(Candidate::number))
                .toList());
        shares.forEach(share -> placement.keep(share, owners));
        shares.forEach(placement::give);
        if (shares.stream().allMatch(share -> isOwned(share, owners))) { // else it is not known yet who will have what
            shares.stream().sorted(Comparator.comparing(Placement::ties)).forEach(placement::even);
        }
        return placement.placed;
    }

    private static boolean isOwned(Share share, Map<String, Integer> owners) {
        return share.things().stream().allMatch(thing -> owners.containsKey(thing.id()));
    }

    /** Where it is owned it stays, if that gateway is the best for it and not about to go. */
    private void keep(Share share, Map<String, Integer> owners) {
        Optional<Candidate> owner = share.things().stream()
                .flatMap(thing -> Optional.ofNullable(owners.get(thing.id())).stream())
                .flatMap(number -> live.stream().filter(one -> one.number() == number))
                .findFirst();
        if (owner.isEmpty()) {
            return;
        }
        long here = pools(share, owner.get());
        boolean goes = live.stream()
                .filter(one -> !one.draining())
                .anyMatch(one -> owner.get().draining() ? pools(share, one) >= here : pools(share, one) > here);
        if (!goes) {
            place(share, owner.get().number());
        }
    }

    private void give(Share share) {
        if (!placed.containsKey(share)) {
            best(share).ifPresent(one -> place(share, one.number()));
        }
    }

    private Optional<Candidate> best(Share share) {
        return live.stream()
                .min(Comparator.comparing(Candidate::draining)
                        .thenComparing(one -> -pools(share, one))
                        .thenComparing(one -> -sources(share, one))
                        .thenComparing(one -> load.getOrDefault(one.number(), 0))
                        .thenComparing(Candidate::number));
    }

    /** What is moved for the sake of balance is rather a pool than a stream, and a stream rather than one that connections are relayed in. */
    private static int ties(Share share) {
        return share.things().stream()
                .mapToInt(thing -> switch (thing.kind()) {
                    case POOL -> 0;
                    case PEER -> 1;
                    case APPLIANCE -> 2;
                })
                .max()
                .orElse(0);
    }

    private void even(Share share) {
        int from = placed.getOrDefault(share, 0);
        Optional<Candidate> now =
                live.stream().filter(one -> one.number() == from).findFirst();
        if (now.isEmpty()) {
            return;
        }
        live.stream()
                .filter(one -> !one.draining()
                        && pools(share, one) >= pools(share, now.get())
                        && sources(share, one) >= sources(share, now.get())
                        && load.getOrDefault(from, 0) - load.getOrDefault(one.number(), 0) >= IMBALANCE)
                .min(Comparator.comparing((Candidate one) -> load.getOrDefault(one.number(), 0))
                        .thenComparing(Candidate::number))
                .ifPresent(one -> {
                    load.merge(from, -1, Integer::sum);
                    place(share, one.number());
                });
    }

    private void place(Share share, int number) {
        placed.put(share, number);
        load.merge(number, 1, Integer::sum);
    }

    private static long pools(Share share, Candidate one) {
        return share.things().stream()
                .filter(thing -> thing.kind() == Thing.Kind.POOL && one.reach().pool(thing.id()))
                .count();
    }

    private static long sources(Share share, Candidate one) {
        return share.sources().stream().filter(one.reach()::source).count();
    }
}
