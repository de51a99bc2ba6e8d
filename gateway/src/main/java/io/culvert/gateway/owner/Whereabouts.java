package io.culvert.gateway.owner;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Where things are, as this gateway knows it at this moment: for whoever asks, without asking anybody. Thread-safe. */
public final class Whereabouts {

    /** Where a thing is. */
    public sealed interface Place {
        /** Owned by this gateway; if it is alone, since {@link Instant#EPOCH}, for it never was anybody else's. */
        record Here(Instant since) implements Place {}

        /**
         * Owned by another gateway of the site.
         *
         * @param host where that runs; empty if it is not known
         */
        record Elsewhere(String gateway, String host, Instant since) implements Place {}

        /** Owned by nobody. */
        record Nowhere(String why, Instant since) implements Place {}
    }

    private static final Place.Here HERE = new Place.Here(Instant.EPOCH);
    private static final Place.Nowhere UNKNOWN =
            new Place.Nowhere("this gateway has not heard yet whose it is", Instant.EPOCH);

    private final ConcurrentHashMap<Thing, Place> places = new ConcurrentHashMap<>();
    private volatile boolean alone = true;
    private volatile List<Book.Gateway> gateways = List.of();
    private volatile String trouble = "";

    /** Whether this gateway is the only one of its site, and so owns everything. */
    public boolean isAlone() {
        return alone;
    }

    void shared() {
        alone = false;
    }

    /** Whether, of all gateways that live, the one of this number is to do what one has to do for all: the first. */
    public boolean isFirst(int number) {
        return alone
                || gateways.stream().filter(Book.Gateway::live).mapToInt(Book.Gateway::number).min().stream()
                        .anyMatch(first -> first == number);
    }

    /**
     * Which of the gateways begins the jobs of a dataset whose source is a tree or a volume.
     *
     * @return empty if none of those that live sees the source
     */
    public Optional<Book.Gateway> runner(String dataset) {
        return Runners.of(dataset, gateways);
    }

    /** Whether the gateway of this number lives, does not drain, and sees the source of a dataset. */
    public boolean sees(int number, String dataset) {
        return Runners.of(
                        dataset,
                        gateways.stream().filter(one -> one.number() == number).toList())
                .stream()
                .anyMatch(one -> one.mode() == Book.Mode.SERVING);
    }

    public boolean isHere(Thing thing) {
        return alone || places.get(thing) instanceof Place.Here;
    }

    /** Where it is. */
    public Place of(Thing thing) {
        return alone ? HERE : places.getOrDefault(thing, UNKNOWN);
    }

    /** What is wrong with a thing, if another gateway has it and says so; known a few seconds after it began. */
    public Optional<Ailment> ailment(Thing thing) {
        return of(thing) instanceof Place.Elsewhere other
                ? gateways.stream()
                        .filter(one -> one.name().equals(other.gateway()))
                        .flatMap(one -> one.ailments().stream())
                        .filter(one -> one.thing().equals(thing.id()))
                        .findFirst()
                : Optional.empty();
    }

    /** One sentence for who asked this gateway for a thing that is not here. */
    public String sentence(Thing thing) {
        return switch (of(thing)) {
            case Place.Elsewhere other ->
                thing + " is with gateway " + other.gateway()
                        + (other.host().isEmpty() ? "" : " on host " + other.host()) + " since "
                        + seconds(other.since())
                        + "; run the command there";
            case Place.Nowhere none ->
                thing + " is with no gateway"
                        + (none.since().equals(Instant.EPOCH) ? "" : " since " + seconds(none.since())) + ": "
                        + none.why();
            case Place.Here here -> thing + " is here";
        };
    }

    private static Instant seconds(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS);
    }

    /** It is elsewhere or nowhere; since when is kept as long as that does not change. */
    void put(Thing thing, Place place) {
        places.merge(thing, place, Whereabouts::next);
    }

    private static Place next(Place before, Place now) {
        if (before instanceof Place.Nowhere was && now instanceof Place.Nowhere is) {
            return new Place.Nowhere(is.why(), was.since());
        }
        return now;
    }

    void here(Thing thing, Instant since) {
        places.put(thing, new Place.Here(since));
    }

    void forget(Thing thing) {
        places.remove(thing);
    }

    /** All gateways of the site that were seen last; empty as long as this one is alone. */
    public List<Book.Gateway> gateways() {
        return gateways;
    }

    void gateways(List<Book.Gateway> seen) {
        gateways = seen;
    }

    /** Why nothing more is claimed here now; empty if nothing keeps it from that. */
    public String trouble() {
        return trouble;
    }

    void trouble(String sentence) {
        trouble = sentence;
    }
}
