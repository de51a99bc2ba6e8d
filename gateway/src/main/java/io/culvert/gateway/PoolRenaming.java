package io.culvert.gateway;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.PoolRenameView;
import io.culvert.gateway.owner.Book;
import io.culvert.gateway.owner.Whereabouts;
import io.culvert.siteconfig.ConfigException;
import io.culvert.siteconfig.PoolConfig;
import io.culvert.siteconfig.PoolRename;
import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteConfigLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Calls a pool of this site otherwise.
 *
 * <p>The site file is the truth, and its administrator's: it is changed first, by who gives the command, and then read again here. What is at
 * other places follows from the pool's id ({@link PoolNames}). So a gateway or command that is killed in between has either the old name or
 * the new one everywhere, and giving the command again ends it.
 */
final class PoolRenaming {

    /** Reads the site file again. */
    interface Reload {
        void reload() throws ConfigException, IOException;
    }

    private final Path siteFile;
    private final Supplier<SiteConfig> config;
    private final PoolNames names;
    private final Whereabouts whereabouts;
    private final int number;
    private final Reload reload;

    /** @param number of this gateway */
    PoolRenaming(
            Path siteFile,
            Supplier<SiteConfig> config,
            PoolNames names,
            Whereabouts whereabouts,
            int number,
            Reload reload) {
        this.siteFile = siteFile.toAbsolutePath();
        this.config = config;
        this.names = names;
        this.whereabouts = whereabouts;
        this.number = number;
        this.reload = reload;
    }

    /** Whether the pool had the one name and has the other, here. */
    boolean isDone(String from, String to) {
        SiteConfig running = config.get();
        return !running.pools().containsKey(from)
                && running.pools().containsKey(to)
                && names.former(from)
                        .filter(former -> former instanceof PoolNames.Former.Renamed renamed
                                && renamed.now().equals(to))
                        .isPresent();
    }

    PoolRenameView rename(String from, String to, boolean check) throws OperationException {
        if (from.equals(to)) {
            throw Failures.usage("pool " + from + " is called so already");
        }
        if (isDone(from, to)) {
            return view(from, to, List.of(), true);
        }
        SiteConfig running = config.get();
        SiteConfig wanted = PoolRename.renamed(running, from, to);
        try {
            requireFree(running.pools().keySet(), names.id(from), to);
            List<String> changes = changes(from, to, running, wanted);
            if (check || !changes.isEmpty()) {
                if (!check) {
                    throw refused("the site file still calls pool " + from + " so; change it first: "
                            + String.join("; ", changes));
                }
                return view(from, to, changes, false);
            }
            reload.reload();
            return view(from, to, List.of(), true);
        } catch (ConfigException e) {
            throw Failures.usage(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
    }

    /** What is left to change in the site file, which may differ from what the gateway runs with in nothing else. */
    private List<String> changes(String from, String to, SiteConfig running, SiteConfig wanted)
            throws ConfigException, OperationException {
        SiteConfig there = SiteConfigLoader.load(siteFile);
        if (there.equals(wanted)) {
            return List.of();
        }
        if (!there.equals(running)) {
            throw refused(siteFile + " says something else than what the gateway runs with; let it read the file"
                    + " first: systemctl reload culvert");
        }
        return lines(PoolRename.of(siteFile, from, to));
    }

    private static List<String> lines(PoolRename rename) {
        return rename.places().stream()
                .map(place -> rename.file() + ":" + place.position() + ": " + place.line())
                .toList();
    }

    /**
     * A name that another pool had is not given to this one: a peer that still writes to it would write into this one.
     *
     * @throws IOException if it is taken, or was another pool's
     */
    private void requireFree(Set<String> taken, Optional<UUID> id, String to) throws IOException {
        if (taken.contains(to)) {
            throw new IOException("this site has a pool " + to + " already");
        }
        Optional<PoolNames.Former> former = names.former(to);
        if (former.isPresent() && !names.id(to).equals(id)) {
            throw new IOException(names.sentence(to).orElse("") + "; a peer that still writes to it by that name would"
                    + " write into another pool: choose a name that no pool had");
        }
    }

    /**
     * Which pools have other names in one site file than in another, if that is all that differs in them.
     *
     * @return present name by former name; empty if more differs, or a new name was another pool's
     */
    Optional<Map<String, String>> renames(SiteConfig now, SiteConfig next) throws IOException {
        Map<PoolConfig, String> fresh = new HashMap<>();
        next.pools().forEach((name, pool) -> {
            if (!now.pools().containsKey(name)) {
                fresh.put(pool, name);
            }
        });
        Map<String, String> renames = new HashMap<>();
        for (Map.Entry<String, PoolConfig> pool : now.pools().entrySet()) {
            String to = fresh.get(pool.getValue());
            if (!next.pools().containsKey(pool.getKey()) && to != null) {
                requireFree(now.pools().keySet(), names.id(pool.getKey()), to);
                renames.put(pool.getKey(), to);
            }
        }
        Map<String, PoolConfig> expected = new HashMap<>();
        now.pools().forEach((name, pool) -> expected.put(renames.getOrDefault(name, name), pool));
        return expected.equals(next.pools()) ? Optional.of(renames) : Optional.empty();
    }

    private PoolRenameView view(String from, String to, List<String> changes, boolean renamed) {
        SiteConfig now = config.get();
        Set<String> either = new HashSet<>(Set.of(from, to));
        return new PoolRenameView(
                from,
                to,
                siteFile.toString(),
                changes,
                renamed,
                now.grants().entrySet().stream()
                        .filter(grant -> grant.getValue().write().stream().anyMatch(either::contains))
                        .map(grant -> grant.getKey().toString())
                        .toList(),
                whereabouts.gateways().stream()
                        .filter(one -> one.number() != number
                                && (one.mode() == Book.Mode.SERVING || one.mode() == Book.Mode.DRAINING))
                        .map(Book.Gateway::name)
                        .toList());
    }

    private static OperationException refused(String sentence) {
        return new OperationException(FailureCategory.REFUSED, sentence);
    }
}
