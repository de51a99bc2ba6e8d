package io.culvert.gateway.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Where the gateways of each peer are reached, as the peer has told: a file {@code STATE_DIR/peer-gateways/PEER}, an endpoint a line.
 *
 * <p>No more than hints: whoever answers there proves who it is as everywhere. A file that is damaged or gone costs nothing but the hints
 * in it. Any thread may use it.
 */
public final class PeerRoutes {
    /** Endpoints of a peer that are remembered. */
    public static final int MAX_ENDPOINTS = 16;

    static final String DIRECTORY = "peer-gateways";
    private static final int MAX_FILE_BYTES = MAX_ENDPOINTS * (Endpoint.MAX_CHARS + 1);

    private final Path directory;
    private final ConcurrentHashMap<String, List<Endpoint>> routes = new ConcurrentHashMap<>();

    private PeerRoutes(Path directory) {
        this.directory = directory;
    }

    public static PeerRoutes open(Path stateDir) throws IOException {
        PeerRoutes known = new PeerRoutes(stateDir.resolve(DIRECTORY));
        DurableFiles.createDirectory(known.directory);
        known.routes.putAll(readAll(known.directory));
        return known;
    }

    /** What is remembered in a directory, by peer. */
    static Map<String, List<Endpoint>> readAll(Path directory) throws IOException {
        Map<String, List<Endpoint>> all = new HashMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(
                            path -> SiteName.isLegal(path.getFileName().toString()))
                    .toList()) {
                String text = new String(DurableFiles.read(file, MAX_FILE_BYTES), StandardCharsets.US_ASCII);
                all.put(file.getFileName().toString(), read(text.lines().toList()));
            }
        }
        return all;
    }

    /** Those that can be read of what somebody said, each once, at most {@link #MAX_ENDPOINTS}. */
    public static List<Endpoint> read(List<String> said) {
        return said.stream()
                .flatMap(text -> Endpoint.parse(text).stream())
                .distinct()
                .limit(MAX_ENDPOINTS)
                .toList();
    }

    /** In the order told; empty if nothing is known. */
    public List<Endpoint> of(String peer) {
        return routes.getOrDefault(peer, List.of());
    }

    /** All peers of which something is known. */
    public List<String> peers() {
        return new ArrayList<>(routes.keySet());
    }

    /** Remembers durably; @return whether it is news */
    public boolean learn(String peer, List<Endpoint> endpoints) throws IOException {
        SiteName.require(peer);
        List<Endpoint> kept = endpoints.stream().limit(MAX_ENDPOINTS).toList();
        if (kept.equals(of(peer))) {
            return false;
        }
        StringBuilder text = new StringBuilder();
        kept.forEach(each -> text.append(each).append('\n'));
        DurableFiles.replace(directory.resolve(peer), text.toString().getBytes(StandardCharsets.US_ASCII));
        routes.put(peer, kept);
        return true;
    }
}
