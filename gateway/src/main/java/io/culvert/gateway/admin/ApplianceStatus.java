package io.culvert.gateway.admin;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An appliance in one line: how it can be reached, what is relayed for it, what went wrong last.
 *
 * @param peers whose it is; of a local one, the peers that may connect to it
 * @param address the virtual address here; of a local one, its host name or address
 * @param reason one sentence when it is not up; empty when it is
 * @param lastError the last connection that was refused, not made or reset
 */
public record ApplianceStatus(
        String name,
        Side side,
        List<String> peers,
        String address,
        ServiceView.State state,
        Instant since,
        String reason,
        RelayFigures figures,
        Optional<LastErrorView> lastError) {
    public ApplianceStatus {
        peers = List.copyOf(peers);
    }

    /** Where an appliance is. */
    public enum Side {
        /** At a peer; clients here reach it at a virtual address. */
        REMOTE,
        /** Here; peers reach it by grant. */
        LOCAL
    }
}
