package io.culvert.gateway.cli;

import io.culvert.gateway.admin.EtcdStep;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.FakeSite;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.ProbeStepView;
import io.culvert.gateway.admin.ProbeView;
import io.culvert.gateway.admin.http.AdminServer;
import io.culvert.gateway.admin.http.SiteMetrics;
import io.culvert.siteconfig.HostPort;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteName;
import io.culvert.siteconfig.rules.KnownPeer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The command line in this process, against a site in memory behind a real admin server on a real Unix socket. */
final class CommandBench implements AutoCloseable {
    final FakeSite site = new FakeSite();
    final Path directory;
    private final AdminServer server;
    private byte[] input = new byte[0];

    /** What this site's state directory says. */
    LocalWork.EnrolledPeers enrolled = new LocalWork.EnrolledPeers(
            List.of(new KnownPeer(new SiteName("jeju"), new HostPort("203.0.113.5", 8443), List.of(), true, true)),
            1,
            Optional.empty());

    CommandBench(Path directory) throws IOException {
        this.directory = directory;
        Files.writeString(siteFile(), """
                site: seoul
                stateDir: "%s"
                advertise: 192.0.2.10:8443
                pools: {main: {path: "%s"}}
                checkpoints: {embedded: true}
                """.formatted(directory, directory.resolve("pool")));
        this.server = AdminServer.start(directory, Optional.empty(), site, new SiteMetrics());
    }

    Path siteFile() {
        return directory.resolve("site.yaml");
    }

    CommandBench input(byte[] bytes) {
        input = bytes;
        return this;
    }

    /** What a command left behind. */
    record Outcome(int code, byte[] bytes, String err) {
        String out() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** Runs with CULVERT_CONFIG set to the site's file. */
    Outcome run(String... arguments) {
        return run(
                Map.of("CULVERT_CONFIG", siteFile().toString()),
                new ByteArrayInputStream(input),
                new PlainWork(enrolled),
                arguments);
    }

    static Outcome run(Map<String, String> environment, InputStream in, String... arguments) {
        LocalWork.EnrolledPeers nobody = new LocalWork.EnrolledPeers(List.of(), 1, Optional.empty());
        return run(environment, in, new PlainWork(nobody), arguments);
    }

    private static Outcome run(Map<String, String> environment, InputStream in, LocalWork work, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                in,
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                environment);
        int code = CommandRun.run(terminal, work, arguments);
        return new Outcome(code, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    /** Copies restore streams as they are. */
    private record PlainWork(EnrolledPeers enrolled) implements LocalWork {
        @Override
        public void runGateway(Path siteFile) {}

        @Override
        public String makeIdentity(Path stateDir, String site) {
            return "SHA256:fake";
        }

        @Override
        public JoinedGateway joinGateway(String token, Path stateDir, String advertise) throws OperationException {
            try {
                Files.writeString(
                        stateDir.resolve("site.yaml"),
                        "site: seoul\nstateDir: \"" + stateDir + "\"\nadvertise: \"" + advertise + "\"\n");
            } catch (IOException e) {
                throw new OperationException(FailureCategory.FAILED, "cannot write", e);
            }
            return new JoinedGateway("seoul/2", "SHA256:fake", 3, false);
        }

        @Override
        public void preloadRestore() {}

        @Override
        public RestoreSummary restoreTree(InputStream restoreStream, Path target, Consumer<String> waiting)
                throws IOException {
            Files.createDirectories(target);
            return new RestoreSummary(1, Files.copy(restoreStream, target.resolve("stream")), 0, List.of());
        }

        @Override
        public RestoreSummary restoreTar(InputStream restoreStream, OutputStream out, Consumer<String> waiting)
                throws IOException {
            return new RestoreSummary(1, restoreStream.transferTo(out), 0, List.of());
        }

        @Override
        public RestoreSummary restoreBytes(InputStream restoreStream, OutputStream out, Consumer<String> waiting)
                throws IOException {
            return new RestoreSummary(1, restoreStream.transferTo(out), 0, List.of());
        }

        @Override
        public EtcdBackupFile newestEtcdBackup(Path stateDir) {
            return new EtcdBackupFile(stateDir.resolve("etcd-backups/newest.db.zst"), FakeSite.NOW);
        }

        @Override
        public EtcdRestored restoreEtcd(EtcdRestoreOrder order) {
            return new EtcdRestored(
                    order.backup().toString(),
                    order.dataDir().toString(),
                    order.name(),
                    order.initialCluster(),
                    order.token().orElse("fresh"),
                    20 << 20,
                    List.of(
                            new EtcdStep("stop etcd", List.of("systemctl stop etcd")),
                            new EtcdStep("look", List.of())));
        }

        @Override
        public EtcdMigrated migrateCheckpoints(EtcdMigrateOrder order, Consumer<String> progress) {
            progress.accept("copying 9 values");
            Optional<Instant> before = order.force() ? Optional.of(FakeSite.NOW) : Optional.empty();
            return new EtcdMigrated(
                    "a file", "etcd", 7, 5, 3, 1, false, before, List.of("one that is damaged"), List.of(2, 3));
        }

        @Override
        public EtcdReopened reopenCheckpoints(SiteConfig site) {
            return new EtcdReopened(8);
        }

        @Override
        public EnrolledPeers enrolledPeers(Path stateDir) {
            return enrolled;
        }

        @Override
        public String loadedNftables() {
            return "";
        }

        @Override
        public String loadedIptables() {
            return "";
        }

        @Override
        public ProbeView probe(ProbeOrder order, Consumer<ProbeStepView> told) {
            boolean blocked = order.of().toString().contains("198.51.100.9");
            List<ProbeStepView> steps = List.of(
                    new ProbeStepView("name", "", "10.1.1.9", 2, Map.of()),
                    new ProbeStepView("connect", "port 111", blocked ? "no answer" : "open", 4_200, Map.of("a", "1")));
            steps.forEach(told);
            return blocked
                    ? new ProbeView(
                            "firewall-drop",
                            "firewall",
                            "high",
                            List.of("port 111: no answer", "the host answers echo requests"),
                            "Ask the firewall team",
                            "tcp dport 111 accept",
                            steps,
                            Optional.empty())
                    : new ProbeView("ok", "none", "high", List.of("port 111 opens"), "", "", steps, Optional.empty());
        }

        @Override
        public void bench(BenchListener listener) {
            listener.measured(new BenchFigure.Rate("chunker", 1e9, 1 << 30, 1.07));
            listener.measured(new BenchFigure.RoundTrip("round trip", 0.75, 4.5, 1_000));
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
