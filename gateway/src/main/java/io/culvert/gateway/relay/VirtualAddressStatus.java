package io.culvert.gateway.relay;

import io.culvert.gateway.relay.portmap.Binding;
import java.time.Instant;
import java.util.List;

/**
 * How an appliance of a peer can be reached here.
 *
 * @param serving whether all of its ports are listened on
 * @param since when that became so
 * @param trouble one sentence if it is not serving; empty if it is
 * @param datagramClients clients that send datagrams now
 * @param programs what is known of its RPC programs
 * @param shown those that the portmapper here names, once their ports are listened on
 */
public record VirtualAddressStatus(
        String name,
        String peer,
        String address,
        boolean serving,
        Instant since,
        String trouble,
        int datagramClients,
        Programs programs,
        List<Binding> shown) {

    public VirtualAddressStatus {
        shown = List.copyOf(shown);
    }

    /** One sentence if its programs are not what the far portmapper says now, though they should be; empty if they are. */
    public String programsTrouble() {
        return switch (programs) {
            case Programs.Fixed fixed -> "";
            case Programs.Learned learned -> "";
            case Programs.Awaited awaited -> "its programs are those of the site file: " + awaited.why();
            case Programs.Kept kept -> "its programs are those of " + kept.at() + ": " + kept.why();
        };
    }
}
