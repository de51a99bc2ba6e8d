package io.culvert.gateway.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The commented site file that a new site begins with. */
final class SiteTemplate {
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private SiteTemplate() {}

    static String of(String site, Path directory) throws IOException {
        return """
                # The site file of %1$s. "culvert config check" lists what is wrong with it;
                # "systemctl reload culvert" or SIGHUP makes a running gateway read it again.
                site: %1$s
                stateDir: %2$s                       # keys, enrolment, checkpoints, the admin socket
                listen: 0.0.0.0:8443                 # the one port that peers connect to
                advertise: %3$s:8443                 # where peers reach it: a name they can resolve

                # Enrolment ("culvert peer invite" and "join") settles who the peers are; this only adds settings.
                #peers:
                #  busan: {bandwidth: [{limit: 200Mbit/s}, {limit: 20Mbit/s, from: "08:00", to: "19:00", days: mon-fri}]}

                pools:                               # where replicas are stored
                  main: {path: %4$s}
                  #main: {path: /srv/culvert/main, quota: 20TiB}

                # What a peer may do here; nothing is allowed that is not here.
                #grants:
                #  busan: {write: [main], read: [finance]}

                #datasets:                           # what is replicated from here
                #  finance: {kind: tree, path: /data/finance, exclude: ["*.tmp"],
                #            replicateTo: [{peer: busan, pool: main}], schedule: "*/15 * * * *", rpo: 1h}
                #  vm-7:    {kind: volume, path: /dev/vg0/vm7, replicateTo: [{peer: busan, pool: main}]}
                #  pgdump:  {kind: stream, pool: main, replicateTo: [{peer: busan, pool: main}]}

                checkpoints: {embedded: true}
                #checkpoints: {etcd: {endpoints: ["https://127.0.0.1:2379"], ca: /etc/culvert/etcd/ca.pem,
                #                     cert: /etc/culvert/etcd/client.pem, key: /etc/culvert/etcd/client.key, prefix: /culvert}}

                admin: {listen: 127.0.0.1:9443}      # the console, health and metrics over TLS

                # Who is told when something is wrong; "culvert alert test" tries it.
                #alerts: {webhook: "https://hooks.example/culvert", mail: {to: ops@seoul.example}, syslog: local}
                """.formatted(site, quoted(directory), hostName(), quoted(directory.resolve("pool")));
    }

    /** As a YAML double-quoted scalar. */
    static String quoted(Path path) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : path.toString().toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    /** What this host calls itself. */
    static String hostName() throws IOException {
        String name = Files.exists(HOST_NAME) ? Files.readString(HOST_NAME).strip() : "";
        return name.matches("[A-Za-z0-9]([A-Za-z0-9.-]{0,200}[A-Za-z0-9])?") ? name : "localhost";
    }
}
