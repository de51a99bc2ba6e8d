package io.culvert.gateway.relay.portmap;

import io.culvert.siteconfig.Network;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;

/** From where a virtual address may be reached, as the site file says; tells who tried from elsewhere. Immutable. */
public final class Clients {

    private final List<Network> networks;
    private final Consumer<InetAddress> strangers;

    /**
     * @param networks empty: from anywhere, but nobody is trusted then
     * @param strangers told of each try from elsewhere, on the thread that served it
     */
    public Clients(List<Network> networks, Consumer<InetAddress> strangers) {
        this.networks = List.copyOf(networks);
        this.strangers = strangers;
    }

    /** Whether this client may be served; if not, it is told of. */
    public boolean admits(InetAddress client) {
        if (networks.isEmpty() || lists(client)) {
            return true;
        }
        strangers.accept(client);
        return false;
    }

    /** Whether this client is listed, and so gets long answers even where its address might be forged. */
    boolean lists(InetAddress client) {
        return networks.stream().anyMatch(network -> network.contains(client));
    }
}
