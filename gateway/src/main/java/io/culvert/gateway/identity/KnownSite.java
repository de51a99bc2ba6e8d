package io.culvert.gateway.identity;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a state directory says of its site and its peers, read without a gateway and without changing anything.
 *
 * @param peers in the order of their names, the revoked ones too
 * @param routes where the gateways of peers are reached, as they have told
 * @param gateways how many gateways of this site are known, 1 if it has no identity yet
 */
public record KnownSite(List<Peer> peers, Map<String, List<Endpoint>> routes, int gateways) {
    public KnownSite {
        peers = List.copyOf(peers);
        routes = Map.copyOf(routes);
    }

    /**
     * Reads it; a directory that is not there says nothing.
     *
     * @throws java.nio.file.AccessDeniedException naming what this user may not read
     * @throws IOException naming a file that is damaged
     */
    public static KnownSite read(Path stateDir) throws IOException {
        Map<String, Peer> peers = new TreeMap<>();
        Path directory = stateDir.resolve(PeerRegistry.DIRECTORY);
        if (isThere(stateDir, directory)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "[a-z]*" + PeerFile.SUFFIX)) {
                for (Path file : files) {
                    Peer peer = PeerFile.read(file).peer();
                    peers.put(peer.name(), peer);
                    if (peers.size() > PeerRegistry.MAX_PEERS) {
                        throw new IOException(directory + " holds more than " + PeerRegistry.MAX_PEERS + " peers");
                    }
                }
            }
        }
        Path routes = stateDir.resolve(PeerRoutes.DIRECTORY);
        Path identity = stateDir.resolve(SiteAuthority.DIRECTORY);
        return new KnownSite(
                new ArrayList<>(peers.values()),
                isThere(stateDir, routes) ? PeerRoutes.readAll(routes) : Map.of(),
                isThere(stateDir, identity)
                        ? GatewayNumbers.open(identity).known().size()
                        : 1);
    }

    /** What a user may not look into is there: reading it says so. */
    private static boolean isThere(Path stateDir, Path directory) {
        return !Files.notExists(directory) || !Files.notExists(stateDir) && !Files.isExecutable(stateDir);
    }
}
