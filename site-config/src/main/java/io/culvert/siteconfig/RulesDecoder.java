package io.culvert.siteconfig;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decodes {@code rules}. */
final class RulesDecoder {
    private final Problems problems;
    private final Scalars scalars;

    RulesDecoder(Problems problems, Scalars scalars) {
        this.problems = problems;
        this.scalars = scalars;
    }

    Optional<RulesConfig> rules(YamlNode node) {
        return Fields.read(node, "`rules`", problems, f -> {
            var reason = f.optional("reason", this::reason);
            var zones = f.optional("zones", this::zones);
            var addresses = f.optional(
                    "addresses", sites("`rules.addresses`", "seoul: [192.0.2.10, \"2001:db8::10\"]", this::address));
            var networks = f.optional(
                    "networks",
                    sites("`rules.networks`", "seoul: [10.1.0.0/24]", scalars.parsed(RulesDecoder::network)));
            return () -> new RulesConfig(
                    reason.toOptional(), zones.toOptional(), addresses.orElse(Map.of()), networks.orElse(Map.of()));
        });
    }

    private <T> Decoder<Map<SiteName, List<T>>> sites(String owner, String example, Decoder<T> item) {
        return node -> Fields.entries(node, owner, problems, scalars::site, (entry, site) -> {
            Optional<List<T>> values = scalars.oneOrMore(example, item).decode(entry.value());
            return values.flatMap(list -> list.size() <= RulesConfig.MAX_OF_SITE
                    ? Optional.of(list)
                    : scalars.wrong(
                            entry.value(),
                            "a site has at most " + RulesConfig.MAX_OF_SITE + " here; found " + list.size()));
        });
    }

    private Optional<String> reason(YamlNode node) {
        return scalars.text(node).flatMap(text -> {
            boolean isOneLine =
                    text.codePoints().noneMatch(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029);
            return isOneLine && text.length() <= RulesConfig.MAX_REASON_CHARS
                    ? Optional.of(text)
                    : scalars.wrong(
                            node,
                            "a reason is one line of at most " + RulesConfig.MAX_REASON_CHARS
                                    + " characters, without tabs and the like");
        });
    }

    private Optional<RulesConfig.Zones> zones(YamlNode node) {
        return Fields.read(node, "`rules.zones`", problems, f -> {
            var inside = f.required("inside", "inside: trust", this::zone);
            var outside = f.required("outside", "outside: untrust", this::zone);
            return () -> new RulesConfig.Zones(inside.get(), outside.get());
        });
    }

    private Optional<String> zone(YamlNode node) {
        return scalars.text(node)
                .flatMap(text -> RulesConfig.Zones.isName(text)
                        ? Optional.of(text)
                        : scalars.wrong(node, RulesConfig.Zones.RULE + "; found " + YamlNode.Scalar.quote(text)));
    }

    private Optional<InetAddress> address(YamlNode node) {
        return scalars.text(node).flatMap(text -> {
            Optional<InetAddress> address = Hosts.address(text).filter(RulesDecoder::isOfOneHost);
            return address.isPresent()
                    ? address
                    : scalars.wrong(
                            node,
                            "write the IP address at which a firewall between the sites sees the gateway; found "
                                    + YamlNode.Scalar.quote(text));
        });
    }

    private static boolean isOfOneHost(InetAddress address) {
        return !address.isAnyLocalAddress()
                && !address.isMulticastAddress()
                && !address.isLoopbackAddress()
                && !address.isLinkLocalAddress();
    }

    private static Network network(String text) {
        Network network = Network.parse(text);
        if (network.prefixBits() == 0) {
            throw new IllegalArgumentException("a site's network is not every address there is; found `" + text + "`");
        }
        return network;
    }
}
