package io.culvert.gateway;

import io.culvert.gateway.owner.Keeper;
import io.culvert.siteconfig.DatasetConfig;
import io.culvert.siteconfig.PoolConfig;
import io.culvert.siteconfig.SiteConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Looks whether this host sees the disks and sources that the site file names. */
final class WithinReach implements Keeper.Able {

    private final Supplier<SiteConfig> config;

    private final PoolIds ids;
    private final PoolNames names;

    WithinReach(Supplier<SiteConfig> config, PoolIds ids, PoolNames names) {
        this.config = config;
        this.ids = ids;
        this.names = names;
    }

    /** The pool is there; one that nobody ever had can be made if its parent is. */
    @Override
    public boolean pool(String name) {
        PoolConfig pool = config.get().pools().get(name);
        if (pool == null || names.isStale(name)) {
            return false;
        }
        Path parent = pool.path().getParent();
        boolean there = Files.exists(pool.path().resolve("format"));
        return there || ids.of(name).isEmpty() && parent != null && Files.isDirectory(parent);
    }

    @Override
    public boolean source(String dataset) {
        return switch (config.get().datasets().get(dataset)) {
            case DatasetConfig.Tree tree -> Files.exists(tree.path());
            case DatasetConfig.Volume volume -> Files.exists(volume.path());
            case DatasetConfig.Stream stream -> true; // who ingests is where the pool is
            case null -> false;
        };
    }
}
