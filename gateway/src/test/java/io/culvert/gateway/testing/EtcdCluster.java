package io.culvert.gateway.testing;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A real etcd cluster of child processes in a temporary directory. */
public final class EtcdCluster implements AutoCloseable {
    private final Path directory;
    private final EtcdProcess.@Nullable Tls tls;
    private final List<EtcdProcess> members;

    private EtcdCluster(Path directory, EtcdProcess.@Nullable Tls tls, List<EtcdProcess> members) {
        this.directory = directory;
        this.tls = tls;
        this.members = List.copyOf(members);
    }

    public static EtcdCluster start(Path directory, int size) throws Exception {
        return start(directory, size, (EtcdProcess.Tls) null);
    }

    /**
     * Starts a cluster and waits until each member is healthy.
     *
     * @param arguments of etcd besides the usual ones
     */
    public static EtcdCluster start(Path directory, int size, EtcdProcess.@Nullable Tls tls, String... arguments)
            throws Exception {
        List<EtcdProcess> members = new ArrayList<>();
        for (int i = 1; i <= size; i++) {
            members.add(new EtcdProcess("m" + i, directory.resolve("m" + i), tls).with(arguments));
        }
        var cluster = new EtcdCluster(directory, tls, members);
        String all = members.stream().map(EtcdProcess::peer).collect(Collectors.joining(","));
        try {
            for (EtcdProcess member : members) {
                member.joins(all);
                member.start();
            }
            for (EtcdProcess member : members) {
                member.awaitReady();
            }
            return cluster;
        } catch (Exception | Error e) {
            cluster.close();
            throw e;
        }
    }

    /** A member of no cluster yet, with ports of its own, to be started with arguments of its own; the caller closes it. */
    public static EtcdProcess spare(Path directory, String name, EtcdProcess.@Nullable Tls tls) throws IOException {
        return new EtcdProcess(name, directory.resolve(name), tls);
    }

    public List<EtcdProcess> members() {
        return members;
    }

    public List<URI> endpoints() {
        return members.stream().map(EtcdProcess::endpoint).toList();
    }

    /** Waits for a leader among all members but one. */
    public EtcdProcess leader(@Nullable EtcdProcess except) throws Exception {
        var leader = new AtomicReference<@Nullable EtcdProcess>();
        Await.until("etcd has a leader", Duration.ofSeconds(30), () -> {
            for (EtcdProcess member : members) {
                if (member != except && member.isLeader()) {
                    leader.set(member);
                    return true;
                }
            }
            return false;
        });
        EtcdProcess found = leader.get();
        if (found == null) {
            throw new IllegalStateException("a leader must have been found, was not");
        }
        return found;
    }

    /** Runs a script of bash in which {@code ctl} is etcdctl at this cluster; returns what it printed. */
    public String ctl(String script) throws IOException, InterruptedException {
        return ctl(tls, script);
    }

    /** As whoever these files name. */
    public String ctl(EtcdProcess.@Nullable Tls as, String script) throws IOException, InterruptedException {
        Path etcdctl = DebianPackage.require("etcd-client", "etcdctl");
        String files =
                as == null ? "" : "--cacert '%s' --cert '%s' --key '%s'".formatted(as.ca(), as.certificate(), as.key());
        String all = endpoints().stream().map(URI::toString).collect(Collectors.joining(","));
        byte[] output = Shell.run(
                directory,
                "ctl() { ETCDCTL_API=3 '%s' --endpoints '%s' %s \"$@\"; }\n%s".formatted(etcdctl, all, files, script));
        return new String(output, StandardCharsets.UTF_8);
    }

    /** Puts an empty member in the place of one that has ended, as a person would, and waits until it is healthy. */
    public void replace(EtcdProcess ended) throws Exception {
        ctl("""
                ctl member remove $(ctl member list | awk -F', ' '$3 == "%1$s" { print $1 }')
                until ctl member add '%1$s' --peer-urls='%2$s'; do sleep 0.2; done
                """.formatted(ended.name(), ended.peerUrl()));
        ended.wipe();
        ended.with("--initial-cluster-state=existing");
        ended.start();
        ended.awaitReady();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (EtcdProcess member : members) {
            member.close();
        }
    }
}
