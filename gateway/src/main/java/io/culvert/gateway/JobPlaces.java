package io.culvert.gateway;

import io.culvert.gateway.owner.Book;
import io.culvert.gateway.owner.Thing;
import io.culvert.gateway.owner.Whereabouts;
import io.culvert.gateway.replicate.Replicator;
import io.culvert.siteconfig.DatasetConfig;
import io.culvert.siteconfig.SiteConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Which jobs this gateway begins, and goes on with when another one has gone: those of stream datasets where their pool is, the others
 * shared out among the gateways that see their source. A job that runs stays where it runs, unless its gateway drains.
 */
final class JobPlaces implements AutoCloseable {

    private static final Duration EACH = Duration.ofMillis(500);

    /** A look may wait for etcd. */
    private static final Duration LAST = Duration.ofSeconds(5);

    private final int gateway;
    private final Supplier<SiteConfig> config;
    private final Whereabouts whereabouts;
    private final Replicator replicator;
    private final NowAndThen looks = new NowAndThen(Thread.ofVirtual().name("job-places"), EACH, LAST, this::look);
    private List<String> seen = List.of();
    private Map<String, Whereabouts.Place> peers = new HashMap<>();

    JobPlaces(int gateway, Supplier<SiteConfig> config, Whereabouts whereabouts, Replicator replicator) {
        this.gateway = gateway;
        this.config = config;
        this.whereabouts = whereabouts;
        this.replicator = replicator;
    }

    /** Goes on with the jobs that are this gateway's, now and whenever more of them are. */
    void start() {
        if (whereabouts.isAlone()) {
            resume();
        }
        looks.start();
    }

    private void resume() {
        replicator.resume(() -> config.get().datasets(), key -> isHere(key.dataset()));
    }

    /** Whether this gateway begins the jobs of the dataset. */
    boolean isHere(String dataset) {
        if (whereabouts.isAlone()) {
            return true;
        }
        return switch (config.get().datasets().get(dataset)) {
            case DatasetConfig.Stream stream -> whereabouts.isHere(Thing.pool(stream.pool()));
            case DatasetConfig.Tree tree -> runs(dataset);
            case DatasetConfig.Volume volume -> runs(dataset);
            case null -> false;
        };
    }

    /** Whether this gateway can begin the jobs of the dataset, for whoever asks it to, be it another one that does by itself. */
    boolean canBegin(String dataset) {
        return isHere(dataset)
                || !(config.get().datasets().get(dataset) instanceof DatasetConfig.Stream)
                        && (whereabouts.sees(gateway, dataset)
                                || whereabouts.runner(dataset).isEmpty()); // what was seen last may be some seconds old
    }

    private boolean runs(String dataset) {
        Optional<Book.Gateway> runner = whereabouts.runner(dataset);
        return runner.isPresent()
                ? runner.get().number() == gateway
                : whereabouts.isFirst(gateway); // it fails there, and says that the source is not to be seen
    }

    private void look() {
        if (whereabouts.isAlone()) {
            return;
        }
        List<String> now = all();
        if (!now.equals(seen)) {
            seen = now;
            if (drains()) {
                replicator.leave(key -> !isHere(key.dataset()));
            }
            resume();
        }
        Map<String, Whereabouts.Place> places = new HashMap<>();
        for (String peer : replicator.peersOfJobs()) {
            places.put(peer, whereabouts.of(Thing.peer(peer)));
        }
        places.forEach((peer, place) -> {
            if (!place.equals(peers.get(peer))) {
                replicator.peerUp(peer); // the jobs that wait for it try again
            }
        });
        peers = places;
    }

    /** What decides who begins which jobs, as it is now. */
    private List<String> all() {
        Stream<String> gateways = whereabouts.gateways().stream()
                .map(one -> one.number() + " " + one.live() + " " + one.mode() + " " + one.able());
        Stream<String> pools = config.get().pools().keySet().stream()
                .filter(pool -> whereabouts.isHere(Thing.pool(pool)))
                .map(pool -> "pool " + pool);
        return Stream.concat(gateways, pools).toList();
    }

    private boolean drains() {
        return whereabouts.gateways().stream()
                .anyMatch(one -> one.number() == gateway && one.mode() == Book.Mode.DRAINING);
    }

    /** Which gateway begins the jobs of a dataset, for whoever asked this one, which does not. */
    String sentence(String dataset) {
        return switch (config.get().datasets().get(dataset)) {
            case DatasetConfig.Stream stream -> whereabouts.sentence(Thing.pool(stream.pool()));
            case null -> "there is no dataset " + dataset;
            default ->
                whereabouts
                        .runner(dataset)
                        .map(one -> "the source of dataset " + dataset + " is read by gateway " + one.name()
                                + " on host " + one.host() + "; run the command there")
                        .orElse("no gateway that runs sees the source of dataset " + dataset);
        };
    }

    /** Ends the look at hand first: what it goes on with is ended behind it. */
    @Override
    public void close() {
        looks.close();
    }
}
