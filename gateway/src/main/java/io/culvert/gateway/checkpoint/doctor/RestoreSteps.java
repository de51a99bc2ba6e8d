package io.culvert.gateway.checkpoint.doctor;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What is left to a person when the data of one member were restored: the others, and the start; pure. */
final class RestoreSteps {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._/@:=,+\\[\\]-]+");
    private static final String PACKED = ".zst";

    private final EtcdRestore.Order order;
    private final String directory;
    private final String cluster;

    private RestoreSteps(EtcdRestore.Order order) {
        this.order = order;
        this.directory = quoted(order.dataDirectory().toString());
        this.cluster = quoted(order.cluster().text());
    }

    static List<Step> of(EtcdRestore.Order order) {
        return new RestoreSteps(order).all();
    }

    private List<Step> all() {
        List<Step> steps = new ArrayList<>();
        List<String> names = List.copyOf(order.cluster().members().keySet());
        steps.add(new Step(
                "stop etcd wherever it still runs: the old members know another cluster, and what they take now is lost",
                List.of("systemctl stop etcd")));
        for (String name : names) {
            if (!name.equals(order.name())) {
                steps.add(other(name));
            }
        }
        for (String name : names) {
            steps.add(start(name));
        }
        steps.add(new Step(
                "look whether all members answer; the gateway takes it for a new cluster by itself: a new epoch begins, nobody of the"
                        + " past owns a job, and jobs go on from where their receivers are",
                List.of("culvert etcd status")));
        return steps;
    }

    private Step other(String name) {
        String file = quoted(order.backup().getFileName().toString());
        boolean packed = file.contains(PACKED);
        String plain = packed ? "snapshot.db" : file;
        String flags = " --name " + name + " --initial-cluster " + cluster + " --initial-cluster-token " + order.token()
                + " --data-dir " + directory;
        return new Step(
                "at " + order.cluster().host(name) + " make the data of " + name + ": copy " + order.backup()
                        + " there, put old data away, and use the same token",
                List.of(
                        "culvert etcd restore " + file + flags,
                        "# or, where there is no Culvert:",
                        (packed ? "zstd -d " + file + " -o " + plain + " && " : "")
                                + "ETCDCTL_API=3 etcdctl snapshot restore "
                                + plain + flags + " --initial-advertise-peer-urls "
                                + String.join(",", order.cluster().urls(name))));
    }

    private Step start(String name) {
        List<String> urls = order.cluster().urls(name);
        return new Step(
                "at " + order.cluster().host(name) + " start " + name
                        + " with the options that it had (TLS and client URLs"
                        + " among them) and these, which may also stand as ETCD_... in /etc/default/etcd:",
                List.of(
                        "chown -R etcd:etcd " + directory,
                        "etcd --name " + name + " --data-dir " + directory + " --initial-cluster " + cluster
                                + " --initial-cluster-token " + order.token() + " --initial-advertise-peer-urls "
                                + String.join(",", urls) + " --listen-peer-urls "
                                + urls.stream()
                                        .map(url -> StartLines.listening(URI.create(url)))
                                        .distinct()
                                        .collect(Collectors.joining(","))
                                + " --pre-vote"));
    }

    private static String quoted(String text) {
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
