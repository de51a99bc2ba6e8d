package io.culvert.gateway.checkpoint;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The gateways of a site, as they show themselves to each other beside the ownerships. Thread-safe; each call gives up within a bounded
 * time with {@link StoreUnavailableException}.
 */
public interface GatewayRegister {

    /** What ids of things, which are owned as jobs are, begin with; the name of no job does. */
    String THING = "+";

    /**
     * Shows this gateway, as long as it keeps its lease; to be called again now and then, and when something of it changed.
     *
     * @throws NameTakenException if another process has this number now, or it was removed; nothing was written
     */
    void show(GatewayRecord record) throws IOException;

    /**
     * Takes a number for a gateway that is to come.
     *
     * @return false if a gateway has, or had, the number
     */
    boolean invite(int number, Instant now) throws IOException;

    /** What all gateways see at one moment. */
    Overview overview() throws IOException;

    /**
     * Has a gateway that does not run not come back: it stays in the overview as removed, and is not shown again.
     *
     * @return false if it is running
     */
    boolean remove(int number) throws IOException;

    /**
     * What gateways tell each other beside, by name; who reads it decides what to believe.
     *
     * @param kind what the names begin with
     */
    Map<String, byte[]> notes(String kind) throws IOException;

    /** Replaces a note, of at most 60,000 bytes; the last one to be written stays. */
    void note(String name, byte[] content) throws IOException;

    /**
     * A gateway that was shown once.
     *
     * @param live whether it keeps its lease
     */
    record Shown(GatewayRecord record, boolean live) {}

    /**
     * The site at one moment.
     *
     * @param gateways all of them, by number
     * @param owners of each thing that has one
     */
    record Overview(List<Shown> gateways, Map<String, Owner> owners) {
        public Overview {
            gateways = List.copyOf(gateways);
            owners = Map.copyOf(owners);
        }
    }
}
