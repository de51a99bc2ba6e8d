package io.culvert.gateway;

import io.culvert.dedupe.chunk.ChunkRef;
import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.manifest.Extent;
import io.culvert.dedupe.manifest.ManifestWriter;
import io.culvert.dedupe.manifest.PathBytes;
import io.culvert.gateway.admin.CheckpointsView;
import io.culvert.gateway.admin.GatewayView;
import io.culvert.gateway.admin.SiteStatus;
import io.culvert.gateway.admin.SnapshotView;
import io.culvert.gateway.admin.ViewJson;
import io.culvert.gateway.cli.CommandRun;
import io.culvert.gateway.cli.Terminal;
import io.culvert.gateway.replicate.RestoreStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Runs what commands mostly run, against a gateway that is only pretended, so that a JVM which keeps what it loaded (JEP 483,
 * {@code -XX:AOTCacheOutput}) keeps what they need. The launcher has it run once for each build; nothing else does.
 */
final class Rehearsal {

    private static final String SNAPSHOT = "20260101T000000-00000000";
    private static final byte[] DATA = new byte[64 << 10];

    private Rehearsal() {}

    /** Takes the directory of a site that {@code culvert init} made; restores into {@code tree} and {@code tar} there. */
    public static void main(String[] arguments) throws IOException {
        Path site = Path.of(arguments[0]);
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(site.resolve("admin.sock")));
            Thread.ofPlatform().daemon().name("pretended gateway").start(() -> serve(server));
            String siteFile = site.resolve("site.yaml").toString();
            command("--config", siteFile, "status");
            command("--config", siteFile, "snapshot", "list");
            command(
                    "--config",
                    siteFile,
                    "restore",
                    SNAPSHOT,
                    "--to",
                    site.resolve("tree").toString());
            command("--config", siteFile, "restore", SNAPSHOT, "--stdout");
        }
    }

    private static void command(String... arguments) {
        int code = CommandRun.run(Terminal.ofProcess(), new Workshop(), arguments);
        if (code != 0) {
            throw new IllegalStateException(String.join(" ", arguments) + " ended with " + code);
        }
    }

    private static void serve(ServerSocketChannel server) {
        try {
            while (server.isOpen()) {
                try (SocketChannel connection = server.accept()) {
                    answer(connection);
                }
            }
        } catch (IOException e) {
            if (server.isOpen()) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    private static void answer(SocketChannel connection) throws IOException {
        String head = head(Channels.newInputStream(connection));
        OutputStream out = Channels.newOutputStream(connection);
        String target = head.split(" ", 3)[1];
        if (target.endsWith("/restore")) {
            byte[] stream = tree();
            out.write(ascii("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(stream.length)
                    + "\r\n"));
            out.write(stream);
            out.write(ascii("\r\n0\r\nCulvert-Outcome: complete\r\n\r\n"));
            return;
        }
        Object view;
        if (target.endsWith("/status")) {
            view = status();
        } else {
            view = target.endsWith(SNAPSHOT) ? snapshot() : List.of(snapshot());
        }
        byte[] json = ViewJson.MAPPER.writeValueAsBytes(view);
        out.write(ascii(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + json.length + "\r\n\r\n"));
        out.write(json);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** A request's head; its body, if any, is small and stays where it is. */
    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("a request broke off");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static SiteStatus status() {
        Instant now = Instant.now();
        return new SiteStatus(
                new GatewayView(
                        "trial",
                        "",
                        ProcessHandle.current().pid(),
                        now,
                        "",
                        Optional.empty(),
                        "",
                        "",
                        Optional.of(now),
                        0),
                new CheckpointsView("embedded", CheckpointsView.State.LIVE, now, ""),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                now);
    }

    private static SnapshotView snapshot() {
        return new SnapshotView(
                SNAPSHOT,
                "trial",
                "trial",
                "tree",
                "trial",
                "main",
                Instant.now(),
                "",
                "",
                "0.0",
                "",
                2,
                DATA.length,
                Optional.empty());
    }

    private static byte[] tree() throws IOException {
        Fingerprinter fingerprinter = Fingerprinter.fastest();
        ChunkRef chunk = new ChunkRef(fingerprinter.of(DATA, 0, DATA.length), DATA.length);
        List<Slice> leaves = new ArrayList<>();
        ManifestWriter manifest = new ManifestWriter(fingerprinter, (node, bytes, isLeaf) -> {
            if (isLeaf) {
                leaves.add(Slice.of(bytes.toArray()));
            }
        });
        manifest.entry(entry("", EntryType.DIRECTORY, 0));
        manifest.entry(entry("f", EntryType.FILE, DATA.length));
        manifest.extent(new Extent.Data(chunk));
        manifest.finish();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        RestoreStream.Writer stream = new RestoreStream.Writer(bytes);
        stream.leaf(leaves.getFirst());
        stream.data(chunk, Slice.of(DATA));
        stream.end();
        return bytes.toByteArray();
    }

    private static Entry entry(String path, EntryType type, long sizeBytes) {
        Entry.Timestamp time = new Entry.Timestamp(1_700_000_000, 0);
        return new Entry(
                PathBytes.of(path.getBytes(StandardCharsets.UTF_8)),
                type,
                new Entry.Access(0755, 0, 0, "root", "root"),
                new Entry.Stamp(sizeBytes, time, time, 1),
                0,
                Slice.empty(),
                List.of());
    }
}
