package io.culvert.gateway;

import io.culvert.dedupe.tree.TreeWriter;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.bench.MicroBench;
import io.culvert.gateway.cli.LocalWork;
import io.culvert.gateway.identity.GatewayJoin;
import io.culvert.gateway.identity.IdentityExistsException;
import io.culvert.gateway.identity.SiteAuthority;
import io.culvert.gateway.restore.Restores;
import io.culvert.siteconfig.ConfigException;
import io.culvert.siteconfig.HostPort;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteFileCopy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.function.Consumer;

/** What the command line does in its own process. Each method loads only the classes that it needs. */
final class Workshop implements LocalWork {

    @Override
    public void runGateway(Path siteFile) throws OperationException, InterruptedException {
        GatewayProcess.run(siteFile);
    }

    @Override
    public String makeIdentity(Path stateDir, String site) throws OperationException {
        try {
            return SiteAuthority.init(stateDir, site, InstantSource.system(), new SecureRandom())
                    .fingerprint();
        } catch (IdentityExistsException e) {
            throw new OperationException(FailureCategory.REFUSED, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new OperationException(
                    FailureCategory.FAILED, "the site's identity cannot be made: " + e.getMessage(), e);
        }
    }

    @Override
    public JoinedGateway joinGateway(String token, Path stateDir, String advertise) throws OperationException {
        GatewayJoin join = new GatewayJoin(
                stateDir, given -> siteFile(given, stateDir, advertise), InstantSource.system(), new SecureRandom());
        try {
            GatewayJoin.Joined made = join.join(token);
            return new JoinedGateway(
                    made.site() + "/" + made.number(), made.fingerprint(), made.peers(), made.isFinished());
        } catch (IOException e) {
            throw Failures.of(e);
        }
    }

    private static byte[] siteFile(byte[] given, Path stateDir, String advertise) throws IOException {
        try {
            SiteFileCopy copy = SiteFileCopy.read(given);
            SiteConfig there = copy.config();
            int port = there.advertise().orElse(there.listen()).port();
            boolean hasPort = advertise.matches("(\\[.*]|[^:]*):[0-9]+");
            return copy.placed(stateDir, hasPort ? HostPort.parse(advertise) : new HostPort(advertise, port));
        } catch (ConfigException e) {
            throw new IOException("the site file that came has problems: " + e.getMessage(), e);
        }
    }

    @Override
    public void preloadRestore() {
        TreeWriter.preload();
    }

    @Override
    public RestoreSummary restoreTree(InputStream restoreStream, Path target, Consumer<String> waiting)
            throws IOException {
        return Restores.toDirectory(restoreStream, target, waiting);
    }

    @Override
    public RestoreSummary restoreTar(InputStream restoreStream, OutputStream out, Consumer<String> waiting)
            throws IOException {
        return Restores.toTar(restoreStream, out, waiting);
    }

    @Override
    public RestoreSummary restoreBytes(InputStream restoreStream, OutputStream out, Consumer<String> waiting)
            throws IOException {
        return Restores.toBytes(restoreStream, out, waiting);
    }

    @Override
    public void bench(BenchListener listener) throws OperationException, InterruptedException {
        try {
            MicroBench.run(listener, SiteSecurity::new);
        } catch (IOException e) {
            throw new OperationException(FailureCategory.FAILED, "the benchmark broke off: " + e.getMessage(), e);
        }
    }
}
