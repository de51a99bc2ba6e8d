package io.culvert.siteconfig;

import java.nio.file.Path;
import java.util.Locale;

/** The site file that {@code culvert init} writes: it loads as it is, and shows in comments what else it can say. */
public final class SiteConfigTemplate {
    private static final String TEMPLATE = """
            # The site file of Culvert. `culvert config check FILE` lists every mistake with its line and column;
            # `systemctl reload culvert` (or SIGHUP) loads changes, or refuses them whole and goes on as before.
            # Secrets never stand here: the file names files that hold them.

            site: %s
            stateDir: %s

            # The one port that peers connect to, and what they are told to dial if that is not it.
            listen: 0.0.0.0:8443
            #advertise: gw.example.org:8443

            # Peers are enrolled by `culvert peer invite` at one site and `culvert peer join` at the other. Entries here
            # only add settings. Of the bandwidth rules the last that holds decides, so the general one stands first.
            #peers:
            #  busan:
            #    endpoint: gw.busan.example:8443
            #    bandwidth:
            #      - {limit: 200Mbit/s}
            #      - {limit: 20Mbit/s, from: "08:00", to: "19:00", days: mon-fri}

            # Where replicas of peers and backup streams are kept: each pool a directory of its own.
            #pools:
            #  main: {path: /srv/culvert/main, quota: 20TiB}

            # What a peer may do here. Nothing is allowed that is not here.
            #grants:
            #  busan: {write: [main], read: [finance]}

            # What this site replicates.
            #datasets:
            #  finance:                       # a directory with all below it
            #    kind: tree
            #    path: /data/finance
            #    exclude: ["*.tmp"]
            #    replicateTo: [{peer: busan, pool: main}]
            #    schedule: "*/15 * * * *"     # minute, hour, day of month, month, day of week
            #    rpo: 1h                      # an alarm is raised when the newest replica is older
            #    retention: {keepLast: 7, daily: 30, weekly: 8, lock: 14d}
            #  vm-7:                          # a block device or an image file, frozen while it is read
            #    kind: volume
            #    path: /dev/vg0/vm7
            #    pointInTime: {lvm: vg0/vm7, reserve: 10GiB}    # or hook, btrfs, rbd
            #    replicateTo: [{peer: busan, pool: main}]
            #  pgdump:                        # `pg_dumpall | culvert ingest pgdump`
            #    kind: stream
            #    pool: main
            #    replicateTo: [{peer: busan, pool: main}]

            # Appliances that stay as they are: a peer's at a virtual address here, and this site's for peers.
            #appliances:
            # `clients` says from where the address may be reached; without it, from anywhere. Ports of RPC programs are
            # learned from the real portmapper (`programs: fixed` takes those of the kind and of `services` instead).
            #  dd-busan: {kind: datadomain, peer: busan, address: 10.99.0.5, clients: [10.77.1.0/24]}
            #  dd-seoul: {kind: datadomain, target: dd1.seoul.example}
            #relay: {hold: 300s, dedup: auto}

            # Checkpoints are kept in stateDir, which suffices for a site of one gateway. Several gateways share an etcd.
            checkpoints: {embedded: true}
            #checkpoints:
            #  etcd:
            #    endpoints: ["https://127.0.0.1:2379"]
            #    ca: /etc/culvert/etcd/ca.pem
            #    cert: /etc/culvert/etcd/client.pem
            #    key: /etc/culvert/etcd/client.key

            # Console, API and metrics, over TLS.
            admin: {listen: 127.0.0.1:9443}

            #alerts:
            #  webhook: https://hooks.example.org/culvert     # {urlFile: PATH} if the URL itself is secret
            #  mail: {to: ops@example.org}
            #  syslog: local

            # What rules for firewalls (`culvert rules render`) need besides: where a firewall sees the gateways of each site, if
            # not at what their names resolve to; where their appliances are.
            #rules:
            #  reason: "backup replication, change 2026-117"
            #  addresses: {%s: 192.0.2.10, busan: [198.51.100.10, "2001:db8:2::10"]}
            #  networks: {%s: 10.1.0.0/24, busan: 10.2.0.0/24}
            """;

    private SiteConfigTemplate() {}

    /**
     * Renders the file for a new site.
     *
     * @param directory becomes {@code stateDir}, made absolute
     */
    public static String render(SiteName site, Path directory) {
        String stateDir = directory.toAbsolutePath().normalize().toString();
        return TEMPLATE.formatted(site, stateDir.matches("[A-Za-z0-9/_.-]+") ? stateDir : quoted(stateDir), site, site);
    }

    /** Writes a YAML double-quoted scalar (YAML 1.2, chapter 7.3.1); what is not printable is escaped. */
    static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                out.append('\\').appendCodePoint(c);
            } else if (c < ' ' || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || c == 0xFEFF) {
                out.append(String.format(Locale.ROOT, "\\u%04X", c));
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.append('"').toString();
    }
}
