package io.culvert.gateway.cli;

import io.culvert.gateway.admin.EtcdStep;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.ProbeStepView;
import io.culvert.gateway.admin.ProbeView;
import io.culvert.gateway.admin.RatesView;
import io.culvert.siteconfig.ApplianceKind;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.rules.KnownPeer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What the command line does in its own process; the composition root gives it. */
public interface LocalWork {

    /** Runs the gateway until the process is told to stop. */
    void runGateway(Path siteFile) throws OperationException, InterruptedException;

    /** Makes the site's CA and the gateway's key below {@code stateDir}. Returns the CA's fingerprint for people. */
    String makeIdentity(Path stateDir, String site) throws OperationException;

    /**
     * Makes one more gateway of a site: identity, peers and {@code site.yaml} in {@code stateDir}, which exists.
     *
     * @param token of a gateway of the site that runs
     * @param advertise where peers reach it: HOST:PORT, or HOST alone with the other gateway's port
     */
    JoinedGateway joinGateway(String token, Path stateDir, String advertise) throws OperationException;

    /**
     * A gateway that was made.
     *
     * @param name as SITE/NUMBER
     * @param authority the site's CA's fingerprint
     * @param peers how many peers it knows
     * @param isFinished an earlier run was broken off after it had received all; the token given now was not sent
     */
    record JoinedGateway(String name, String authority, int peers, boolean isFinished) {}

    /** Loads what a restore needs, before it is asked for; may be left out. */
    void preloadRestore();

    /**
     * Writes the restore stream of a tree below {@code target}, with the rights of this process, nothing outside it.
     *
     * @param target a directory, empty or not there yet
     * @param waiting told every now and then why nothing has come yet; so for the others
     */
    RestoreSummary restoreTree(InputStream restoreStream, Path target, Consumer<String> waiting)
            throws OperationException, IOException;

    /** Writes the restore stream of a tree as a pax tar. */
    RestoreSummary restoreTar(InputStream restoreStream, OutputStream out, Consumer<String> waiting)
            throws OperationException, IOException;

    /** Writes the bytes of a volume or backup stream. @param out may be a file: holes are skipped where it can */
    RestoreSummary restoreBytes(InputStream restoreStream, OutputStream out, Consumer<String> waiting)
            throws OperationException, IOException;

    /** The newest backup of etcd below {@code stateDir}, of a gateway that need not run. */
    EtcdBackupFile newestEtcdBackup(Path stateDir) throws OperationException;

    /** Makes the data of a member of a new etcd cluster out of a backup. */
    EtcdRestored restoreEtcd(EtcdRestoreOrder order) throws OperationException, InterruptedException;

    /**
     * Moves the checkpoints of a site whose gateway does not run to another store, or goes on with that.
     *
     * @param progress told each step
     */
    EtcdMigrated migrateCheckpoints(EtcdMigrateOrder order, Consumer<String> progress)
            throws OperationException, InterruptedException;

    /** Has the gateway work again with checkpoints that were moved away, as they were then. */
    EtcdReopened reopenCheckpoints(SiteConfig site) throws OperationException, InterruptedException;

    /** What enrolment settled about peers, of a gateway that need not run; nothing is changed. */
    EnrolledPeers enrolledPeers(Path stateDir);

    /** Culvert's table as {@code nft -j} lists it; empty if it is not loaded. */
    String loadedNftables() throws OperationException, InterruptedException;

    /** What {@code iptables-save} and {@code ip6tables-save} print, one behind the other. */
    String loadedIptables() throws OperationException, InterruptedException;

    /** Measures this machine with the project's own benchmarks, a few seconds each; tells each as it is known. */
    void bench(BenchListener listener) throws OperationException, InterruptedException;

    /**
     * Names the layer that blocks on the way to a host.
     *
     * @param told of each step as it is taken
     */
    ProbeView probe(ProbeOrder order, Consumer<ProbeStepView> told) throws OperationException, InterruptedException;

    /**
     * What is to be probed.
     *
     * @param of a peer of a site, or a host
     * @param rpc send RPC calls too
     * @param trigger provoke a quarantine and watch it
     * @param watch for how long at most
     * @param spent what of a probe's time is over already
     */
    record ProbeOrder(ProbeTarget of, boolean rpc, boolean trigger, Duration watch, Duration spent) {}

    /** Whom to probe. */
    sealed interface ProbeTarget {

        /**
         * A peer that is enrolled at a site.
         *
         * @param isAsked a gateway runs here, which knows whether the peer lets this site in
         * @param refusal what the gateway here knows of why the peer does not let this site in
         * @param rates that the gateway here has measured just now
         * @param unmeasured why it has not, though it was asked to
         */
        record OfPeer(
                SiteConfig site,
                String peer,
                boolean isAsked,
                Optional<String> refusal,
                Optional<RatesView> rates,
                Optional<String> unmeasured)
                implements ProbeTarget {

            /** What of the reason why there is no stream is a refusal of the peer, without what an earlier probe found. */
            public static Optional<String> refusal(Optional<String> reason) {
                return reason.map(all -> all.split("; probe: ", 2)[0])
                        .filter(why -> why.contains("refused by the peer") || why.contains("refuses this site"));
            }
        }

        /**
         * Any host.
         *
         * @param ports that must open
         * @param tlsPorts those of them where a gateway is
         * @param isTlsAsked that was said, not guessed by their numbers
         * @param kind an appliance's, whose usual ports are tried too
         * @param authority the file with the CA certificate that the gateway's is signed by
         * @param site of this host, if there is one, whose peers are known
         */
        record OfHost(
                String host,
                List<Integer> ports,
                List<Integer> tlsPorts,
                boolean isTlsAsked,
                Optional<ApplianceKind> kind,
                Optional<Path> authority,
                Optional<SiteConfig> site)
                implements ProbeTarget {
            public OfHost {
                ports = List.copyOf(ports);
                tlsPorts = List.copyOf(tlsPorts);
            }
        }
    }

    /**
     * What a restore wrote.
     *
     * @param notes what could not be restored as it was, one sentence each
     * @param noteCount all of them, also those left out of {@code notes}
     */
    record RestoreSummary(long entries, long bytes, long noteCount, List<String> notes) {
        public RestoreSummary {
            notes = List.copyOf(notes);
        }
    }

    /**
     * The peers that are known, the revoked ones too.
     *
     * @param gateways how many gateways this site has, as far as is known there
     * @param unread why they cannot be read, if they cannot; then there are none here
     */
    record EnrolledPeers(List<KnownPeer> peers, int gateways, Optional<String> unread) {
        public EnrolledPeers {
            peers = List.copyOf(peers);
        }
    }

    /** A backup of etcd, and when it was made. */
    record EtcdBackupFile(Path file, Instant at) {}

    /**
     * What is to be restored.
     *
     * @param dataDir of the member; empty, or not there yet
     * @param name of the member, one of the initial cluster
     * @param initialCluster as etcd takes it: {@code NAME=URL,...}
     * @param token of the new cluster; empty for a new one
     */
    record EtcdRestoreOrder(Path backup, Path dataDir, String name, String initialCluster, Optional<String> token) {}

    /**
     * The data of a member were made.
     *
     * @param token that all members of the new cluster have
     * @param next what is left to a person
     */
    record EtcdRestored(
            String backup,
            String dataDir,
            String name,
            String initialCluster,
            String token,
            long databaseBytes,
            List<EtcdStep> next) {
        public EtcdRestored {
            next = List.copyOf(next);
        }
    }

    /**
     * From where checkpoints are moved to where.
     *
     * @param from what the site file says that the gateway ran with
     * @param to the same with other checkpoints
     * @param force what was left in the new store, or is unknown in the old one, does not count
     */
    record EtcdMigrateOrder(SiteConfig from, SiteConfig to, boolean force) {}

    /**
     * The checkpoints of a site were moved.
     *
     * @param epoch of all fences from now on
     * @param notes what gateways of the site tell each other
     * @param resumed an earlier run had been broken off
     * @param before when they were moved, if that was an earlier run and nothing was done now
     * @param damaged one sentence for each value that was left behind because it cannot be believed
     * @param others numbers of other gateways of the site, whose site files name the old store still
     */
    record EtcdMigrated(
            String from,
            String to,
            long epoch,
            int checkpoints,
            int endedJobs,
            int notes,
            boolean resumed,
            Optional<Instant> before,
            List<String> damaged,
            List<Integer> others) {
        public EtcdMigrated {
            damaged = List.copyOf(damaged);
            others = List.copyOf(others);
        }
    }

    /** Checkpoints that were moved away count again. @param epoch of all fences from now on */
    record EtcdReopened(long epoch) {}

    /** One measured figure. */
    sealed interface BenchFigure {

        /** What was measured, in a few words. */
        String name();

        /** How fast bytes went through. @param bytesPerSecond of one core unless the name says otherwise */
        record Rate(String name, double bytesPerSecond, long bytes, double seconds) implements BenchFigure {}

        /**
         * How long a message took there and back.
         *
         * @param p50Millis half of them took no longer
         * @param p99Millis 99 of 100 took no longer
         * @param count how many there were
         */
        record RoundTrip(String name, double p50Millis, double p99Millis, long count) implements BenchFigure {}
    }

    /** Hears of figures. */
    @FunctionalInterface
    interface BenchListener {
        void measured(BenchFigure figure);
    }
}
