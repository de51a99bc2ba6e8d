package io.culvert.gateway.checkpoint.doctor;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** How a person starts a member that was added to a running cluster, and has nothing yet: lines for a shell at its host; pure. */
final class StartLines {

    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[.*]");
    private static final int USUAL_CLIENT_PORT = 2379;

    private StartLines() {}

    /**
     * Makes them.
     *
     * @param now names the new member already
     * @param name that it is to have
     * @param before the one whose place it takes; empty if that is gone
     */
    static List<String> of(ClusterReading now, MemberReading added, String name, Optional<MemberReading> before) {
        URI peer = URI.create(added.peerUrls().getFirst());
        String client = client(now, peer, before);
        return List.of(
                "systemctl stop etcd",
                "mv DATA_DIR DATA_DIR.replaced",
                "etcd --name " + name + " --data-dir DATA_DIR --initial-cluster "
                        + initialCluster(now, added, name).text()
                        + " --initial-cluster-state existing --initial-advertise-peer-urls " + peer
                        + " --listen-peer-urls " + listening(peer) + " --advertise-client-urls " + client
                        + " --listen-client-urls " + listening(URI.create(client)) + " --pre-vote");
    }

    private static InitialCluster initialCluster(ClusterReading now, MemberReading added, String name) {
        Map<String, List<String>> members = new LinkedHashMap<>();
        for (MemberReading member : now.members()) {
            if (member.id() != 0) {
                members.computeIfAbsent(member.id() == added.id() ? name : member.name(), fresh -> new ArrayList<>())
                        .addAll(member.peerUrls());
            }
        }
        return new InitialCluster(members);
    }

    /** Where it is likely to serve its clients: as the one before at that host, or as the site file has it, or as the leader. */
    private static String client(ClusterReading now, URI peer, Optional<MemberReading> before) {
        Stream<MemberReading> strays = now.members().stream().filter(member -> member.id() == 0);
        Optional<URI> same = Stream.concat(before.stream(), strays)
                .map(MemberReading::endpoint)
                .filter(endpoint -> !endpoint.equals("-"))
                .map(URI::create)
                .filter(endpoint -> peer.getHost().equals(endpoint.getHost()))
                .findFirst();
        if (same.isPresent()) {
            return same.get().toString();
        }
        Optional<URI> leader = now.leader().map(MemberReading::endpoint).map(URI::create);
        return leader.map(URI::getScheme).orElse(peer.getScheme()) + "://" + peer.getHost() + ":"
                + leader.map(URI::getPort).orElse(USUAL_CLIENT_PORT);
    }

    /** etcd listens on addresses, not on names. */
    static String listening(URI url) {
        return ADDRESS.matcher(url.getHost()).matches()
                ? url.toString()
                : url.getScheme() + "://0.0.0.0:" + url.getPort();
    }
}
