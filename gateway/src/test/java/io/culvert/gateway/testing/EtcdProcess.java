package io.culvert.gateway.testing;

import io.culvert.gateway.loopback.LoopbackPorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One etcd member as a child process on loopback. It dies with this JVM, unless this JVM is killed. */
public final class EtcdProcess implements AutoCloseable {
    /** PEM files for both sides of a member's connections. */
    public record Tls(Path ca, Path certificate, Path key) {}

    /** What a disk writes whole, and etcd looks at to tell a torn write. */
    private static final int SECTOR = 512;

    private static final Duration READY = Duration.ofSeconds(30);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofMillis(500)).build();

    private final String name;
    private final Path directory;
    private final int clientPort;
    private final int peerPort;
    private final int metricsPort;
    private final @Nullable Tls tls;
    private final Thread hook = new Thread(this::kill);
    private String host = "127.0.0.1";
    private List<String> wrapper = List.of();
    private String initialCluster = "";
    private List<String> more = List.of();
    private @Nullable Process process;

    EtcdProcess(String name, Path directory, @Nullable Tls tls) throws IOException {
        this.name = name;
        this.directory = directory;
        this.tls = tls;
        List<Integer> ports = LoopbackPorts.free(3);
        this.clientPort = ports.get(0);
        this.peerPort = ports.get(1);
        this.metricsPort = ports.get(2);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    String peer() {
        return name + "=" + peerUrl();
    }

    public String name() {
        return name;
    }

    /** Where its data are. */
    public Path data() {
        return directory.resolve("data");
    }

    /** Where other members reach it. */
    public String peerUrl() {
        return url(peerPort);
    }

    void joins(String cluster) {
        initialCluster = cluster;
    }

    /** Arguments of etcd besides the usual ones, from its next start on. */
    public EtcdProcess with(String... arguments) {
        more = List.of(arguments);
        return this;
    }

    /** It is at this address, of a network namespace, and started through a command that enters it; before its first start. */
    EtcdProcess within(String address, String... command) {
        host = address;
        wrapper = List.of(command);
        return this;
    }

    public URI endpoint() {
        return URI.create(url(clientPort));
    }

    public int clientPort() {
        return clientPort;
    }

    private String url(int port) {
        return (tls == null ? "http" : "https") + "://" + host + ":" + port;
    }

    /** Starts the member; one that ran before goes on with its data. */
    public void start() throws IOException {
        Path program = DebianPackage.require("etcd-server", "etcd", "etcd.service");
        Files.createDirectories(directory);
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(
                program.toString(),
                "--name=" + name,
                "--data-dir=" + data(),
                "--listen-client-urls=" + url(clientPort),
                "--advertise-client-urls=" + url(clientPort),
                "--listen-peer-urls=" + url(peerPort),
                "--initial-advertise-peer-urls=" + url(peerPort),
                "--initial-cluster=" + initialCluster,
                "--initial-cluster-token=" + initialCluster.hashCode(),
                "--listen-metrics-urls=http://127.0.0.1:" + metricsPort,
                "--pre-vote=true",
                "--logger=zap",
                "--log-level=warn"));
        command.addAll(more);
        if (tls != null) {
            command.addAll(List.of("--client-cert-auth", "--trusted-ca-file=" + tls.ca()));
            command.addAll(List.of("--cert-file=" + tls.certificate(), "--key-file=" + tls.key()));
            command.addAll(List.of("--peer-client-cert-auth", "--peer-trusted-ca-file=" + tls.ca()));
            command.addAll(List.of("--peer-cert-file=" + tls.certificate(), "--peer-key-file=" + tls.key()));
        }
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("etcd.log").toFile()))
                .start();
    }

    /** Replaces its data, while it is stopped, by those of a snapshot, as a new cluster of this member alone. */
    public void restore(Path snapshot) throws IOException, InterruptedException {
        Path etcdctl = DebianPackage.require("etcd-client", "etcdctl");
        Shell.run(directory, """
                rm -rf data
                ETCDCTL_API=3 '%s' snapshot restore '%s' --data-dir data --name '%s' --initial-cluster '%s' \\
                    --initial-advertise-peer-urls '%s' --initial-cluster-token "$RANDOM"
                """.formatted(etcdctl, snapshot, name, initialCluster, url(peerPort)));
    }

    public void awaitReady() throws Exception {
        Await.until("etcd " + name + " is healthy, see " + directory.resolve("etcd.log"), READY, this::isHealthy);
    }

    private boolean isHealthy() throws IOException, InterruptedException {
        Process running = process;
        if (running == null || !running.isAlive()) {
            throw new IOException("etcd " + name + " ended: " + Files.readString(directory.resolve("etcd.log")));
        }
        return ask("/health").contains("true");
    }

    public boolean isLeader() throws InterruptedException {
        return ask("/metrics").lines().anyMatch("etcd_server_is_leader 1"::equals);
    }

    private String ask(String path) throws InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + metricsPort + path))
                .timeout(Duration.ofSeconds(1))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
                    .body();
        } catch (IOException e) {
            return ""; // not up yet, stopped or gone
        }
    }

    /** SIGKILL. */
    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            running.onExit().join();
        }
    }

    /** SIGTERM, and waits for the end: all that it has is on its disk then. */
    public void stop() throws InterruptedException {
        Process running = process;
        if (running != null) {
            running.destroy();
            running.waitFor();
        }
    }

    /** Whether its process runs, well or not. */
    public boolean runs() {
        Process running = process;
        return running != null && running.isAlive();
    }

    /** What it has said so far. */
    public String logText() throws IOException {
        return Files.readString(directory.resolve("etcd.log"));
    }

    /** Removes its data, while it is stopped. */
    public void wipe() throws IOException, InterruptedException {
        Shell.run(directory, "rm -rf data");
    }

    /**
     * Flips a bit of an entry in the middle of its log, while it is stopped. The entry lies within one sector: one that
     * reaches over two may pass for torn, and then the rest of the log is cut off instead of refused (etcd 3.4,
     * {@code wal/decoder.go}).
     */
    public void damageLog() throws IOException {
        Path log;
        try (Stream<Path> files = Files.list(directory.resolve("data/member/wal"))) {
            log = files.filter(file -> file.toString().endsWith(".wal"))
                    .min(Comparator.naturalOrder())
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(log);
        List<Integer> lastBytes = lastBytesOfEntries(bytes);
        bytes[lastBytes.get(lastBytes.size() / 2)] ^= 1;
        Files.write(log, bytes);
    }

    /** A record is its length in 56 bits, its padding in 8 (0x80 with the count, or 0), then itself and the padding. */
    private static List<Integer> lastBytesOfEntries(byte[] log) {
        ByteBuffer words = ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN);
        List<Integer> lastBytes = new ArrayList<>();
        int at = 0;
        while (at + Long.BYTES < log.length && words.getLong(at) != 0) {
            long head = words.getLong(at);
            int length = Math.toIntExact(head & 0xff_ffff_ffff_ffffL);
            int padding = head < 0 ? (int) (head >>> 56) & 7 : 0;
            int begin = at + Long.BYTES;
            int end = begin + length;
            if (begin / SECTOR == (end + padding - 1) / SECTOR) {
                lastBytes.add(end - 1);
            }
            at = end + padding;
        }
        return lastBytes;
    }

    /** Flips a bit of these bytes wherever they are in its database, while it is stopped; returns in how many places. */
    public int damageDatabase(byte[] wanted) throws IOException {
        Path database = directory.resolve("data/member/snap/db");
        byte[] bytes = Files.readAllBytes(database);
        int places = 0;
        for (int at = 0; at + wanted.length <= bytes.length; at++) {
            if (Arrays.mismatch(bytes, at, at + wanted.length, wanted, 0, wanted.length) < 0) {
                bytes[at] ^= 1;
                places++;
            }
        }
        Files.write(database, bytes);
        return places;
    }

    /** SIGSTOP: the process hangs with its connections open. */
    public void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    public void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException("etcd " + name + " must be started, was not");
        }
        Signals.send(running.pid(), signal);
    }

    @Override
    public void close() throws IOException, InterruptedException {
        Process running = process;
        if (running != null && running.isAlive()) {
            resume();
            running.destroy();
            if (!running.waitFor(5, TimeUnit.SECONDS)) {
                kill();
            }
        }
        Runtime.getRuntime().removeShutdownHook(hook);
    }
}
