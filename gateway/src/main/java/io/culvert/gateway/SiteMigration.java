package io.culvert.gateway;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.http.AdminServer;
import io.culvert.gateway.admin.http.GatewayRunningException;
import io.culvert.gateway.checkpoint.EtcdChild;
import io.culvert.gateway.checkpoint.EtcdSettings;
import io.culvert.gateway.checkpoint.Migration;
import io.culvert.gateway.checkpoint.RefusedMigrationException;
import io.culvert.gateway.checkpoint.StorePlace;
import io.culvert.gateway.checkpoint.StoreUnavailableException;
import io.culvert.gateway.cli.LocalWork.EtcdMigrateOrder;
import io.culvert.gateway.cli.LocalWork.EtcdMigrated;
import io.culvert.gateway.cli.LocalWork.EtcdReopened;
import io.culvert.gateway.identity.SiteAuthority;
import io.culvert.siteconfig.Checkpoints;
import io.culvert.siteconfig.SiteConfig;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Moves the checkpoints of a site to another store in the process of the command: the state directory is held meanwhile, so that its
 * gateway does not run. An etcd that the gateway runs itself is run here for that time.
 */
final class SiteMigration implements AutoCloseable {
    private static final InstantSource CLOCK = InstantSource.system();

    /** A command that has only begun, at a host that is busy, and an etcd that nobody else waits for: more than a gateway allows itself. */
    private static final EtcdSettings.Timing PATIENT =
            new EtcdSettings.Timing(Duration.ofSeconds(15), Duration.ofSeconds(4), Duration.ofSeconds(12));

    private final SiteConfig config;
    private final Closing closing = new Closing();
    private final String gateway;
    private final Set<Integer> others;

    private SiteMigration(SiteConfig config) throws IOException, OperationException {
        this.config = config;
        Path stateDir = config.stateDir();
        requireOwner(stateDir);
        closing.add(AdminServer.hold(stateDir, "culvert etcd migrate"));
        boolean opened = false;
        try {
            SiteAuthority authority = SiteAuthority.open(stateDir, CLOCK, new SecureRandom());
            gateway = authority.site() + "/" + authority.gateway();
            others = new TreeSet<>(authority.gateways());
            others.remove(authority.gateway());
            opened = true;
        } finally {
            if (!opened) {
                closing.close();
            }
        }
    }

    /** What this command makes must be the gateway's, which may run as another user than root. */
    private static void requireOwner(Path stateDir) throws IOException, OperationException {
        if (!Files.isDirectory(stateDir)) {
            throw new IOException("there is no state directory " + stateDir);
        }
        Object own = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        if (!own.equals(Files.getAttribute(stateDir, "unix:uid"))) {
            String owner = Files.getOwner(stateDir).getName();
            throw new OperationException(
                    FailureCategory.REFUSED,
                    stateDir + " belongs to user " + owner + ", and so must what is made in it: runuser -u " + owner
                            + " -- culvert etcd migrate ...");
        }
    }

    static EtcdMigrated move(EtcdMigrateOrder order, Consumer<String> progress)
            throws OperationException, InterruptedException {
        requireSame(order.from(), order.to());
        try (SiteMigration here = new SiteMigration(order.from())) {
            Migration migration = new Migration(here.owner(), order.force(), CLOCK, progress);
            Migration.Moved moved = migration.move(
                    here.place(order.from().checkpoints(), true),
                    here.place(order.to().checkpoints(), false));
            return new EtcdMigrated(
                    moved.from(),
                    moved.to(),
                    moved.epoch(),
                    moved.checkpoints(),
                    moved.ended(),
                    moved.notes(),
                    moved.resumed(),
                    moved.before(),
                    moved.damaged(),
                    here.others.stream().toList());
        } catch (IOException e) {
            throw failed("the checkpoints were not moved: ", e);
        }
    }

    static EtcdReopened reopen(SiteConfig site) throws OperationException, InterruptedException {
        try (SiteMigration here = new SiteMigration(site)) {
            StorePlace place = here.place(site.checkpoints(), true);
            return new EtcdReopened(new Migration(here.owner(), false, CLOCK, step -> {}).reopen(place));
        } catch (IOException e) {
            throw failed("the checkpoints were not taken up again: ", e);
        }
    }

    private static void requireSame(SiteConfig from, SiteConfig to) throws OperationException {
        if (!from.site().equals(to.site()) || !from.stateDir().equals(to.stateDir())) {
            throw Failures.usage("both site files must be of one gateway: site " + from.site() + " in "
                    + from.stateDir() + ", and site " + to.site() + " in " + to.stateDir() + ", are not");
        }
        if (!from.pools().equals(to.pools()) || !from.datasets().equals(to.datasets())) {
            throw Failures.usage("the site files must differ in checkpoints only; pools or datasets differ, too");
        }
        if (from.checkpoints().equals(to.checkpoints())) {
            throw Failures.usage("both site files name the same store; the second one names where the checkpoints go");
        }
    }

    private Migration.Owner owner() {
        return new Migration.Owner(config.site().toString(), others, EtcdReach.memory(config.stateDir()));
    }

    private StorePlace place(Checkpoints checkpoints, boolean mustBeThere)
            throws IOException, OperationException, InterruptedException {
        return switch (checkpoints) {
            case Checkpoints.Embedded embedded ->
                new StorePlace.InFile(config.stateDir().resolve("checkpoints"));
            case Checkpoints.Etcd etcd -> {
                EtcdSettings settings = settings(etcd);
                yield inEtcd(settings, settings.shown(), true);
            }
            case Checkpoints.Spawned spawned -> {
                Path directory = EtcdReach.spawnedIn(config.stateDir());
                if (mustBeThere && !Files.isDirectory(directory)) {
                    throw new OperationException(
                            FailureCategory.REFUSED,
                            "there is nothing to move: " + directory
                                    + " is not there, so no gateway has run an etcd in it");
                }
                EtcdChild child = closing.add(EtcdChild.start(spawned.program(), directory));
                EtcdSettings settings = settings(EtcdReach.of(child, spawned));
                yield inEtcd(settings, "the etcd that the gateway runs itself in " + directory, false);
            }
        };
    }

    private EtcdSettings settings(Checkpoints.Etcd etcd) throws IOException {
        return EtcdReach.settings(etcd, config.site().toString(), gateway, PATIENT);
    }

    private StorePlace inEtcd(EtcdSettings settings, String shown, boolean isShared) {
        return new StorePlace.InEtcd(settings, EtcdReach.memory(config.stateDir()), shown, isShared);
    }

    private static OperationException failed(String what, IOException e) {
        FailureCategory category = switch (e) {
            case RefusedMigrationException refused -> FailureCategory.REFUSED;
            case GatewayRunningException running -> FailureCategory.REFUSED;
            case StoreUnavailableException store ->
                store.isRefusal() ? FailureCategory.FAILED : FailureCategory.UNREACHABLE;
            default -> FailureCategory.FAILED;
        };
        String why = e instanceof AccessDeniedException denied
                ? "this user may not use " + denied.getFile()
                : String.valueOf(e.getMessage());
        return new OperationException(category, what + why, e);
    }

    @Override
    public void close() {
        closing.close();
    }
}
