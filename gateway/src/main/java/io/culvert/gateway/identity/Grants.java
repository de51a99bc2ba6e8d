package io.culvert.gateway.identity;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What each peer may do here, as {@code grants} in the site file says; nothing that is not there is allowed.
 *
 * <p>Names are compared exactly: no patterns, no "all". Immutable and pure; load a new one when the site file changes.
 */
public final class Grants {
    /** What a peer wants to do here. */
    public sealed interface Permission {
        /** Write snapshots into a pool here, and delete those it made. */
        record Write(String pool) implements Permission {}

        /** Read a dataset of this site. */
        record Read(String dataset) implements Permission {}

        /** Connect through this gateway to an appliance of this site. */
        record Connect(String appliance) implements Permission {}
    }

    /** One peer's grants: the value under its name in the site file. */
    public record PeerGrants(List<String> write, List<String> read, List<String> connect) {
        /** Nothing. */
        public static final PeerGrants NONE = new PeerGrants(List.of(), List.of(), List.of());

        public PeerGrants {
            write = List.copyOf(write);
            read = List.copyOf(read);
            connect = List.copyOf(connect);
        }

        boolean allow(Permission permission) {
            return switch (permission) {
                case Permission.Write w -> write.contains(w.pool());
                case Permission.Read r -> read.contains(r.dataset());
                case Permission.Connect c -> connect.contains(c.appliance());
            };
        }

        private PeerGrants with(Permission permission) {
            return switch (permission) {
                case Permission.Write w -> new PeerGrants(plus(write, w.pool()), read, connect);
                case Permission.Read r -> new PeerGrants(write, plus(read, r.dataset()), connect);
                case Permission.Connect c -> new PeerGrants(write, read, plus(connect, c.appliance()));
            };
        }

        private static List<String> plus(List<String> names, String name) {
            return Stream.concat(names.stream(), Stream.of(name)).toList();
        }

        /** As it stands in the site file. */
        private String text() {
            return Stream.of(part("write", write), part("read", read), part("connect", connect))
                    .filter(part -> !part.isEmpty())
                    .collect(Collectors.joining(", ", "{", "}"));
        }

        private static String part(String verb, List<String> names) {
            return names.isEmpty() ? "" : verb + ": " + names;
        }
    }

    private final Map<String, PeerGrants> byPeer;

    public Grants(Map<String, PeerGrants> byPeer) {
        this.byPeer = Map.copyOf(byPeer);
    }

    public boolean may(String peer, Permission permission) {
        return byPeer.getOrDefault(peer, PeerGrants.NONE).allow(permission);
    }

    /**
     * Refuses what is not granted.
     *
     * @throws GrantRefusedException naming the line in site.yaml that would allow it
     */
    public void require(String peer, Permission permission) throws GrantRefusedException {
        PeerGrants now = byPeer.getOrDefault(peer, PeerGrants.NONE);
        if (now.allow(permission)) {
            return;
        }
        String what = switch (permission) {
            case Permission.Write w -> "write to the pool " + w.pool();
            case Permission.Read r -> "read the dataset " + r.dataset();
            case Permission.Connect c -> "connect to the appliance " + c.appliance();
        };
        throw new GrantRefusedException("peer " + peer + " may not " + what + " here; to allow it, put `" + peer + ": "
                + now.with(permission).text() + "` under `grants:` in site.yaml and reload");
    }
}
