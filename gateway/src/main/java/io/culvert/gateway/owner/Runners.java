package io.culvert.gateway.owner;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which gateway of a site begins the jobs of a dataset whose source several see: they share them out by rendezvous hashing (Thaler and
 * Ravishankar, 1998), so that one which comes or goes moves no jobs but its own. It decides who begins; that no job runs twice is up to its claim.
 */
final class Runners {

    private Runners() {}

    /** Of those that live, and rather serve than drain, the one for this dataset; empty if none of them sees its source. */
    static Optional<Book.Gateway> of(String dataset, List<Book.Gateway> gateways) {
        return among(Book.Mode.SERVING, dataset, gateways).or(() -> among(Book.Mode.DRAINING, dataset, gateways));
    }

    private static Optional<Book.Gateway> among(Book.Mode mode, String dataset, List<Book.Gateway> gateways) {
        return gateways.stream()
                .filter(one -> one.live() && one.mode() == mode)
                .filter(one -> Reach.parse(one.able()).source(dataset))
                .max(Comparator.comparing((Book.Gateway one) -> weight(dataset, one.number()))
                        .thenComparing(Book.Gateway::number));
    }

    /** FNV-1a of both, mixed as MurmurHash3 ends, so that numbers that follow each other differ in all bits. */
    private static long weight(String dataset, int number) {
        long hash = 0xcbf29ce484222325L;
        for (char c : (number + "/" + dataset).toCharArray()) {
            hash = (hash ^ c) * 0x100000001b3L;
        }
        hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
        return hash ^ hash >>> 33;
    }
}
