package io.culvert.gateway.admin;

import java.util.List;

/**
 * A pool that is called otherwise, or is to be.
 *
 * @param siteFile the file that the gateway runs with
 * @param changes what is still to change in it, a line each: FILE:LINE:COLUMN: the line as it is to be
 * @param renamed whether the gateway calls it so now
 * @param writers peers that may write to it, each of which names the pool in its own site file
 * @param gateways other gateways of the site, each with a site file of its own
 */
public record PoolRenameView(
        String from,
        String to,
        String siteFile,
        List<String> changes,
        boolean renamed,
        List<String> writers,
        List<String> gateways) {
    public PoolRenameView {
        changes = List.copyOf(changes);
        writers = List.copyOf(writers);
        gateways = List.copyOf(gateways);
    }
}
