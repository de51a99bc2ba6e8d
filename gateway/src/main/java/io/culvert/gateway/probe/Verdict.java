package io.culvert.gateway.probe;

import java.util.Locale;

/** What a probe says of a path; the words of the contract, each with the layer that it blames and what it means. */
public enum Verdict {
    OK("none", "nothing between the hosts blocks what was tried"),
    DNS("name resolution", "the name has no address here"),
    NO_ROUTE("routing", "packets do not get to the host"),
    FIREWALL_DROP("firewall", "a filter drops what is sent to the port, and says nothing"),
    FIREWALL_RST("firewall", "a filter in front of the host refuses the connection in its name"),
    ADMIN_PROHIBITED("firewall", "a filter refuses the connection and says so by ICMP"),
    SERVICE_DOWN("host", "the host is reached, and nothing serves the port"),
    IPS_PAYLOAD_DROP("ips", "an intrusion-prevention system drops RPC and lets other bytes pass"),
    IPS_SESSION_DROP(
            "ips", "an intrusion-prevention system lets the first exchange pass and then kills the connection"),
    IPS_QUARANTINE("ips", "an intrusion-prevention system cuts the two hosts off from each other after an RPC call"),
    IPS_RESET("ips", "an intrusion-prevention system resets connections that carry RPC, or TLS"),
    MTU_BLACKHOLE("path mtu", "large packets vanish, and nobody tells the sender"),
    TLS_INTERCEPTION("tls", "something between the hosts opens TLS and signs it anew"),
    ALPN_STRIPPED("tls", "TLS comes up without the protocol h2 that gRPC needs"),
    CERTIFICATE("tls", "the certificate that the far side shows is not to be trusted"),
    SLOW_PATH("path", "the path works, but loses so much or is so slow that work suffers"),
    PEER_REFUSED("peer", "the peer is reached and does not let this site in");

    private final String layer;
    private final String meaning;

    Verdict(String layer, String meaning) {
        this.layer = layer;
        this.meaning = meaning;
    }

    /** As the contract spells it: {@code ips-payload-drop}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String layer() {
        return layer;
    }

    /** One clause for people. */
    public String meaning() {
        return meaning;
    }
}
