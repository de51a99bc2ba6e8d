package io.culvert.gateway.cli;

import io.culvert.siteconfig.Appliance;
import io.culvert.siteconfig.Network;
import io.culvert.siteconfig.SiteConfig;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Which virtual addresses of a site file this host has not, and the commands that give them to it. */
final class AddressAdvice {

    private static final int NETWORK_BITS = 24;
    private static final int NETWORK_BITS_OF_IPV6 = 64;

    private AddressAdvice() {}

    /** Lines to print; none if the host has all. */
    static List<String> lines(SiteConfig site, Predicate<InetAddress> isHere) {
        Map<String, InetAddress> missing = new TreeMap<>();
        site.appliances().forEach((name, appliance) -> {
            if (appliance instanceof Appliance.Remote remote && !isHere.test(remote.address())) {
                missing.put(name, remote.address());
            }
        });
        if (missing.isEmpty()) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        missing.forEach((name, address) ->
                lines.add("this host has not the virtual address " + address.getHostAddress() + " of " + name));
        lines.add("either give it each one, until the next boot:");
        missing.values()
                .forEach(address -> lines.add("    ip" + family(address) + " addr add " + address.getHostAddress()
                        + (address instanceof Inet6Address ? "/128" : "/32") + " dev lo"));
        lines.add("or whole networks, which routers then send to it:");
        Set<String> routes = new LinkedHashSet<>();
        missing.values()
                .forEach(address -> routes.add("    ip" + family(address) + " route add local "
                        + Network.of(address, address instanceof Inet6Address ? NETWORK_BITS_OF_IPV6 : NETWORK_BITS)
                        + " dev lo"));
        lines.addAll(routes);
        return lines;
    }

    private static String family(InetAddress address) {
        return address instanceof Inet6Address ? " -6" : "";
    }

    /** Whether a port can be had at an address here, now: on an interface, or covered by a local route. */
    static boolean isHere(InetAddress address) {
        try (ServerSocket tried = new ServerSocket()) {
            tried.bind(new InetSocketAddress(address, 0));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
