package io.culvert.gateway.probe;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which of a host's addresses are tried.
 *
 * @param tried at most {@link Probe#MAX_ADDRESSES}, each once, in the order of the name service
 * @param leftOut why others are not, a sentence each
 */
record Addresses(List<InetAddress> tried, List<String> leftOut) {

    Addresses {
        tried = List.copyOf(tried);
        leftOut = List.copyOf(leftOut);
    }

    /**
     * Chooses. Addresses of a family of which this host has no way to any are left out while another family has one: programs here do not try them
     * either, and that a site has no IPv6 is no fault of the path.
     */
    static Addresses of(List<InetAddress> all, Predicate<InetAddress> isWay) {
        List<InetAddress> distinct = List.copyOf(new LinkedHashSet<>(all));
        List<String> leftOut = new ArrayList<>();
        List<InetAddress> usable = new ArrayList<>(distinct);
        for (Family family : Family.values()) {
            List<InetAddress> same =
                    distinct.stream().filter(one -> Family.of(one) == family).toList();
            boolean others =
                    distinct.stream().filter(one -> Family.of(one) != family).anyMatch(isWay);
            if (!same.isEmpty() && others && same.stream().noneMatch(isWay)) {
                usable.removeAll(same);
                leftOut.add(family.words() + " was not tried, because this host has no route for it: " + words(same));
            }
        }
        if (usable.size() > Probe.MAX_ADDRESSES) {
            List<InetAddress> more = usable.subList(Probe.MAX_ADDRESSES, usable.size());
            leftOut.add("only the first " + Probe.MAX_ADDRESSES + " of " + usable.size()
                    + " addresses were tried; left out: " + words(more));
        }
        return new Addresses(usable.stream().limit(Probe.MAX_ADDRESSES).toList(), leftOut);
    }

    private static String words(List<InetAddress> addresses) {
        int shown = Math.min(addresses.size(), Probe.MAX_ADDRESSES);
        String all = String.join(
                ", ",
                addresses.subList(0, shown).stream()
                        .map(InetAddress::getHostAddress)
                        .toList());
        return shown < addresses.size() ? all + " and " + (addresses.size() - shown) + " more" : all;
    }
}
