package io.culvert.siteconfig;

import java.net.InetAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What firewall rules must know beside the rest of the file; a gateway needs nothing of it.
 *
 * @param reason what stands in each rule and in the request form, one line
 * @param zones how the site's firewall calls its two sides, instead of what is usual at each product
 * @param addresses from and to which each site's gateways are seen at the firewall, instead of what their names resolve to
 * @param networks where each site's appliances and their clients are, for the ports that must not cross
 */
public record RulesConfig(
        Optional<String> reason,
        Optional<Zones> zones,
        Map<SiteName, List<InetAddress>> addresses,
        Map<SiteName, List<Network>> networks) {
    /** The longest reason; some products take no more. */
    public static final int MAX_REASON_CHARS = 200;

    /** Addresses, and networks, of one site. */
    public static final int MAX_OF_SITE = 16;

    /** What holds if the file says nothing. */
    public static final RulesConfig NONE = new RulesConfig(Optional.empty(), Optional.empty(), Map.of(), Map.of());

    /**
     * The two sides of the site's firewall.
     *
     * @param inside where the gateway is
     * @param outside where the peers are
     */
    public record Zones(String inside, String outside) {
        static final String RULE = "a zone or interface is 1 to 31 of letters, digits, `.`, `_` and `-`";
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,30}");

        /** Checks both: rules have them where nothing can be quoted. */
        public Zones {
            if (!isName(inside) || !isName(outside)) {
                throw new IllegalArgumentException(RULE);
            }
        }

        static boolean isName(String text) {
            return NAME.matcher(text).matches();
        }
    }

    /** Copies the maps. */
    public RulesConfig {
        addresses = copy(addresses);
        networks = copy(networks);
    }

    private static <T> Map<SiteName, List<T>> copy(Map<SiteName, List<T>> map) {
        Map<SiteName, List<T>> copied = new LinkedHashMap<>();
        map.forEach((site, values) -> copied.put(site, List.copyOf(values)));
        return Collections.unmodifiableMap(copied);
    }
}
