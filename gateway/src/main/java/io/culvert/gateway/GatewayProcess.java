package io.culvert.gateway;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.http.AdminServer;
import io.culvert.gateway.admin.http.GatewayRunningException;
import io.culvert.gateway.checkpoint.MarkedStoreException;
import io.culvert.siteconfig.ConfigException;
import io.culvert.siteconfig.SiteConfigLoader;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * The life of the gateway as a process: opened, reported to systemd, reloaded on SIGHUP, closed in order on SIGTERM and
 * SIGINT.
 */
final class GatewayProcess {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayProcess.class);
    private static final int CLOSE_SECONDS = 30;

    private GatewayProcess() {}

    /** Returns when the process was told to stop and everything is closed. */
    static void run(Path siteFile) throws OperationException, InterruptedException {
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> LOG.atError()
                .setCause(e)
                .addKeyValue("thread", thread.getName())
                .log("a thread ended by a bug"));
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        try (SystemdNotifier systemd = SystemdNotifier.ofProcess();
                Gateway gateway = open(siteFile)) {
            // The hook holds the process back until the gateway is closed; it runs for SIGTERM and SIGINT.
            Thread hook = new Thread(() -> awaitClosed(stop, closed), "stop");
            Runtime.getRuntime().addShutdownHook(hook);
            Signal.handle(new Signal("HUP"), ignored -> Thread.ofVirtual().start(() -> reload(gateway, systemd)));
            systemd.ready("serving peers on " + gateway.address(), () -> stop.getCount() > 0);
            LOG.atInfo().addKeyValue("address", gateway.address()).log("the gateway is ready");
            stop.await();
            systemd.stopping();
        } finally {
            closed.countDown();
        }
    }

    private static Gateway open(Path siteFile) throws OperationException {
        try {
            Path stateDir = SiteConfigLoader.load(siteFile).stateDir();
            if (Files.isDirectory(stateDir)) {
                AdminServer.requireNoOther(stateDir);
            }
            return Gateway.open(siteFile);
        } catch (ConfigException e) {
            throw new OperationException(FailureCategory.USAGE, e.getMessage(), e);
        } catch (MarkedStoreException e) {
            throw new OperationException(FailureCategory.USAGE, e.sentence(), e); // 2: systemd does not try again
        } catch (GatewayRunningException e) {
            throw new OperationException(FailureCategory.REFUSED, String.valueOf(e.getMessage()), e);
        } catch (AccessDeniedException e) {
            throw new OperationException(
                    FailureCategory.FAILED,
                    "the gateway cannot start: user " + System.getProperty("user.name") + " may not open " + e.getFile()
                            + "; run it as the owner of the state directory (the service runs as culvert), and give"
                            + " back what another user made there: chown -R",
                    e);
        } catch (IOException e) {
            throw new OperationException(FailureCategory.FAILED, "the gateway cannot start: " + e.getMessage(), e);
        } catch (UnsatisfiedLinkError e) {
            throw new OperationException(
                    FailureCategory.FAILED,
                    "the gateway cannot start: its native libraries cannot be run from "
                            + System.getProperty("java.io.tmpdir") + ", which may be mounted noexec; name another"
                            + " directory: JDK_JAVA_OPTIONS=-Djava.io.tmpdir=DIR",
                    e);
        }
    }

    private static void reload(Gateway gateway, SystemdNotifier systemd) {
        systemd.reloading();
        String outcome = "the site file was read again";
        try {
            gateway.reload();
        } catch (ConfigException e) {
            outcome = "the new site file was refused, the running configuration is kept";
            LOG.atError().addKeyValue("problems", e.getMessage()).log(outcome);
        } catch (IOException e) {
            outcome = "the new site file was refused, the running configuration is kept: " + e.getMessage();
            LOG.error(outcome);
        }
        systemd.reloaded(outcome);
    }

    private static void awaitClosed(CountDownLatch stop, CountDownLatch closed) {
        stop.countDown();
        try {
            if (!closed.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.error("the gateway did not close within {} s", CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
