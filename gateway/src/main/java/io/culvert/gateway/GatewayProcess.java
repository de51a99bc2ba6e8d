package io.culvert.gateway;

import io.culvert.dedupe.chunk.Fingerprinter;
import io.culvert.dedupe.chunk.Slice;
import io.culvert.dedupe.manifest.Entry;
import io.culvert.dedupe.manifest.EntryType;
import io.culvert.dedupe.tree.RestoreNote;
import io.culvert.dedupe.tree.RestoreReport;
import io.culvert.dedupe.tree.TarTreeSink;
import io.culvert.dedupe.tree.TreeSink;
import io.culvert.dedupe.tree.TreeWriter;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.http.GatewayRunningException;
import io.culvert.gateway.cli.LocalWork;
import io.culvert.gateway.identity.SiteAuthority;
import io.culvert.gateway.replicate.RestoreStream;
import io.culvert.gateway.replicate.RestoreWriter;
import io.culvert.siteconfig.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/** What the command line does in its own process. */
final class GatewayProcess implements LocalWork {

    private static final Logger LOG = LoggerFactory.getLogger(GatewayProcess.class);
    private static final byte[] ZEROS = new byte[64 * 1024];

    @Override
    public void runGateway(Path siteFile) throws OperationException, InterruptedException {
        Fingerprinter.fastest();
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        SystemdNotifier systemd = SystemdNotifier.ofEnvironment();
        try (Gateway gateway = Gateway.open(siteFile)) {
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
                systemd.stopping();
                stop.countDown();
                awaitQuietly(stopped);
            }));
            Signal.handle(new Signal("HUP"), signal -> Thread.ofVirtual().start(() -> reload(gateway, systemd)));
            systemd.ready();
            LOG.atInfo().addKeyValue("stateDir", gateway.stateDir()).log("the gateway is up on {}", gateway.address());
            stop.await();
        } catch (ConfigException e) {
            throw new OperationException(FailureCategory.USAGE, String.valueOf(e.getMessage()), e);
        } catch (GatewayRunningException e) {
            throw new OperationException(FailureCategory.REFUSED, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new OperationException(FailureCategory.FAILED, "the gateway cannot start: " + e.getMessage(), e);
        } finally {
            stopped.countDown();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void reload(Gateway gateway, SystemdNotifier systemd) {
        systemd.reloading();
        try {
            gateway.reload();
        } catch (ConfigException | IOException e) {
            LOG.error("the site file was not taken over, the running configuration stays: {}", e.getMessage());
        } finally {
            systemd.ready();
        }
    }

    @Override
    public String makeIdentity(Path stateDir, String site) throws OperationException {
        try {
            return SiteAuthority.init(stateDir, site, InstantSource.system(), new SecureRandom())
                    .fingerprint();
        } catch (IOException e) {
            throw new OperationException(FailureCategory.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public RestoreSummary restoreTree(InputStream restoreStream, Path target) throws IOException {
        try (TreeWriter writer = TreeWriter.open(target.toString(), TreeWriter.Existing.REFUSE)) {
            return restore(restoreStream, writer);
        }
    }

    @Override
    public RestoreSummary restoreTar(InputStream restoreStream, OutputStream out) throws IOException {
        try (TarTreeSink sink = new TarTreeSink(out)) {
            return restore(restoreStream, sink);
        }
    }

    private static RestoreSummary restore(InputStream restoreStream, TreeSink sink) throws IOException {
        RestoreWriter writer = new RestoreWriter(new RestoreWriter.Parts() {
            @Override
            public void entry(Entry entry) throws IOException {
                sink.begin(entry);
            }

            @Override
            public void data(Slice data) throws IOException {
                sink.data(data);
            }

            @Override
            public void hole(long lengthBytes) throws IOException {
                sink.hole(lengthBytes);
            }
        });
        RestoreStream.read(restoreStream, writer);
        RestoreReport report = sink.finish();
        long notes =
                report.counts().values().stream().mapToLong(Long::longValue).sum();
        return new RestoreSummary(
                writer.entries(),
                writer.bytes(),
                notes,
                report.notes().stream().map(RestoreNote::detail).toList());
    }

    @Override
    public RestoreSummary restoreBytes(InputStream restoreStream, OutputStream out) throws IOException {
        RestoreWriter writer = new RestoreWriter(new RestoreWriter.Parts() {
            @Override
            public void entry(Entry entry) throws IOException {
                if (!entry.path().isRoot() || entry.type() != EntryType.FILE) {
                    throw new IOException("the snapshot is a tree and not one stream of bytes");
                }
            }

            @Override
            public void data(Slice data) throws IOException {
                out.write(data.array(), data.offset(), data.length());
            }

            @Override
            public void hole(long lengthBytes) throws IOException {
                long left = lengthBytes;
                while (left > 0) {
                    int part = (int) Math.min(left, ZEROS.length);
                    out.write(ZEROS, 0, part);
                    left -= part;
                }
            }
        });
        RestoreStream.read(restoreStream, writer);
        out.flush();
        return new RestoreSummary(writer.entries(), writer.bytes(), 0, java.util.List.of());
    }

    @Override
    public void bench(BenchListener listener) throws InterruptedException, OperationException {
        try {
            new MachineBench(listener).run();
        } catch (IOException e) {
            throw new OperationException(FailureCategory.FAILED, String.valueOf(e.getMessage()), e);
        }
    }
}
