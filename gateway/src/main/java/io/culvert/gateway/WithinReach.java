package io.culvert.gateway;

import io.culvert.gateway.owner.Keeper;
import io.culvert.siteconfig.DatasetConfig;
import io.culvert.siteconfig.PoolConfig;
import io.culvert.siteconfig.SiteConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Whether this host sees the disks and sources that the site file names, as {@link Lookout} saw it last: a file system that hangs is out of
 * reach, and keeps nobody waiting.
 */
final class WithinReach implements Keeper.Able {

    private final Supplier<SiteConfig> config;
    private final PoolIds ids;
    private final PoolNames names;
    private final Lookout lookout;

    WithinReach(Supplier<SiteConfig> config, PoolIds ids, PoolNames names, Lookout lookout) {
        this.config = config;
        this.ids = ids;
        this.names = names;
        this.lookout = lookout;
    }

    /** The pool is there; one that nobody ever had can be made if its parent is. */
    @Override
    public boolean pool(String name) {
        PoolConfig pool = config.get().pools().get(name);
        if (pool == null || names.isStale(name)) {
            return false;
        }
        Path path = pool.path();
        return lookout.sees("pool " + path, there(path.resolve("format")))
                || ids.of(name).isEmpty()
                        && path.getParent() != null
                        && lookout.sees("directory " + path.getParent(), there(path.getParent()));
    }

    @Override
    public boolean source(String dataset) {
        return switch (config.get().datasets().get(dataset)) {
            case DatasetConfig.Tree tree -> lookout.sees("source " + tree.path(), there(tree.path()));
            case DatasetConfig.Volume volume -> lookout.sees("source " + volume.path(), there(volume.path()));
            case DatasetConfig.Stream stream -> true; // who ingests is where the pool is
            case null -> false;
        };
    }

    private static BooleanSupplier there(Path path) {
        return () -> Files.exists(path);
    }
}
