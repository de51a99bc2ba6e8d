package io.culvert.gateway.owner;

import io.culvert.dedupe.pool.Fence;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Where the gateways of a site show themselves and claim things; the composition root puts etcd behind it. Its calls may block. */
public interface Book {

    /** What a gateway is about. */
    enum Mode {
        SERVING,
        /** It takes nothing more, and gives away what others can have. */
        DRAINING,
        /** It is not to come back. */
        REMOVED,
        /** Its number is given away; it has not been started yet. */
        INVITED
    }

    /** Shows this gateway to the others. */
    void show(Mode mode, List<String> able, List<Ailment> ailments) throws IOException;

    /** What is in it now. */
    Page look() throws IOException;

    /**
     * Takes a thing.
     *
     * @param lost called when it is lost later, otherwise than by {@link Claim#release}; must not block
     * @throws IOException if somebody else owns it or the store does not answer
     */
    Claim claim(Thing thing, Consumer<String> lost) throws IOException;

    /** An ownership. */
    interface Claim {
        Fence fence();

        /** Whether it is known to hold, at this moment. */
        boolean isLive();

        void release();
    }

    /**
     * A gateway of the site.
     *
     * @param name such as seoul/2
     * @param seen when it showed itself last
     */
    record Gateway(
            int number,
            String name,
            String host,
            String endpoint,
            boolean live,
            Mode mode,
            List<String> able,
            List<Ailment> ailments,
            Instant started,
            Instant seen) {
        public Gateway {
            able = List.copyOf(able);
            ailments = List.copyOf(ailments);
        }
    }

    /**
     * Who owns a thing.
     *
     * @param since when it took it, by its own clock
     */
    record Holder(String gateway, Instant since) {}

    /** @param holders by the ids of things */
    record Page(List<Gateway> gateways, Map<String, Holder> holders) {
        public Page {
            gateways = List.copyOf(gateways);
            holders = Map.copyOf(holders);
        }
    }
}
