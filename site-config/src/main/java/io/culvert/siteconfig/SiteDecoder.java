package io.culvert.siteconfig;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Decodes the top of the file, pools and grants; leaves the rest to its fellows. */
final class SiteDecoder {
    private final Problems problems;
    private final Crosscheck crosscheck;
    private final Scalars scalars;
    private final PeerDecoder peers;
    private final DatasetDecoder datasets;
    private final ApplianceDecoder appliances;
    private final CheckpointsDecoder checkpoints;
    private final AlertsDecoder alerts;
    private final RulesDecoder rules;

    SiteDecoder(Problems problems, Crosscheck crosscheck) {
        this.problems = problems;
        this.crosscheck = crosscheck;
        this.scalars = new Scalars(problems);
        this.peers = new PeerDecoder(problems, scalars, crosscheck);
        this.datasets = new DatasetDecoder(problems, scalars, crosscheck);
        this.appliances = new ApplianceDecoder(problems, scalars, crosscheck);
        this.checkpoints = new CheckpointsDecoder(problems, scalars, datasets);
        this.alerts = new AlertsDecoder(problems, scalars);
        this.rules = new RulesDecoder(problems, scalars);
    }

    Optional<SiteConfig> decode(YamlNode root) {
        return Fields.read(root, "the site file", problems, f -> {
            var site = f.required("site", "site: seoul", scalars::site);
            site.toOptional().ifPresent(crosscheck::site);
            var stateDir = f.optional("stateDir", scalars::path);
            noteStateDir(f, stateDir.orElse(SiteConfig.DEFAULT_STATE_DIR));
            var listen = f.optional("listen", scalars::hostPort);
            var advertise = f.optional("advertise", this::advertised);
            advertise.toOptional().ifPresent(a -> crosscheck.endpoint("advertise", a, f.valuePositionOf("advertise")));
            var peerMap = f.optional("peers", peers::peers);
            var pools = f.optional("pools", this::pools);
            var grants = f.optional("grants", this::grants);
            var datasetMap = f.optional("datasets", datasets::datasets);
            var applianceMap = f.optional("appliances", appliances::appliances);
            var relay = f.optional("relay", this::relay);
            var store = f.optional("checkpoints", checkpoints::checkpoints);
            var admin = f.optional("admin", this::admin);
            noteListeners(
                    f,
                    listen.orElse(SiteConfig.DEFAULT_LISTEN),
                    admin.orElse(Admin.DEFAULT).listen());
            var alertSettings = f.optional("alerts", alerts::alerts);
            var forRules = f.optional("rules", rules::rules);
            return () -> new SiteConfig(
                    site.get(),
                    stateDir.orElse(SiteConfig.DEFAULT_STATE_DIR),
                    listen.orElse(SiteConfig.DEFAULT_LISTEN),
                    advertise.toOptional(),
                    peerMap.orElse(Map.of()),
                    pools.orElse(Map.of()),
                    grants.orElse(Map.of()),
                    withBackups(datasetMap.orElse(Map.of()), stateDir.orElse(SiteConfig.DEFAULT_STATE_DIR), store),
                    applianceMap.orElse(Map.of()),
                    relay.orElse(Relay.DEFAULT),
                    store.orElse(new Checkpoints.Embedded()),
                    admin.orElse(Admin.DEFAULT),
                    alertSettings.orElse(Alerts.NONE),
                    forRules.orElse(RulesConfig.NONE));
        });
    }

    /** Copies of etcd's backups are a dataset like any other, which the file does not name. */
    private static Map<String, DatasetConfig> withBackups(
            Map<String, DatasetConfig> named, Path stateDir, Value<Checkpoints> store) {
        Optional<DatasetConfig.Policy> copied = store.toOptional().flatMap(Checkpoints::backup);
        if (copied.isEmpty()) {
            return named;
        }
        Map<String, DatasetConfig> all = new LinkedHashMap<>(named);
        all.put(Checkpoints.BACKUPS_DATASET, DatasetDecoder.backups(stateDir, copied.get()));
        return all;
    }

    private void noteStateDir(Fields f, Path stateDir) {
        String what = f.has("stateDir") ? "stateDir at " + f.positionOf("stateDir") : "stateDir, by default";
        crosscheck.place(Crosscheck.Use.STATE, stateDir, what, f.valuePositionOf("stateDir"));
    }

    /** Notes the default of the two first, so that a clash is reported at the one that stands in the file. */
    private void noteListeners(Fields f, HostPort listen, HostPort admin) {
        if (f.has("admin")) {
            String what = f.has("listen") ? "`listen`" : "`listen`, by default";
            crosscheck.listener(what, listen, f.valuePositionOf("listen"));
            crosscheck.listener("`admin.listen`", admin, f.valuePositionOf("admin"));
        } else {
            crosscheck.listener("`admin.listen`, by default", admin, f.position());
            crosscheck.listener("`listen`", listen, f.valuePositionOf("listen"));
        }
    }

    private Optional<HostPort> advertised(YamlNode node) {
        return scalars.hostPort(node)
                .flatMap(address -> address.isWildcard()
                        ? scalars.wrong(
                                node,
                                "peers cannot dial " + address + "; write the name or address they reach this site at")
                        : Optional.of(address));
    }

    private Optional<Map<String, PoolConfig>> pools(YamlNode node) {
        return Fields.entries(node, "`pools`", problems, scalars::name, (entry, name) -> {
            crosscheck.pool(name);
            return pool(entry.value(), name);
        });
    }

    private Optional<PoolConfig> pool(YamlNode node, String name) {
        return Fields.read(node, "pool `" + name + "`", problems, f -> {
            var path = f.required("path", "path: /srv/culvert/" + name, scalars::path);
            path.toOptional()
                    .ifPresent(p -> crosscheck.place(
                            Crosscheck.Use.POOL,
                            p,
                            "pool `" + name + "` at " + f.valuePositionOf("path"),
                            f.valuePositionOf("path")));
            var quota = f.optional("quota", this::quota);
            return () -> new PoolConfig(path.get(), quota.toOptional());
        });
    }

    private Optional<ByteSize> quota(YamlNode node) {
        return scalars.quantity(ByteSize::parse)
                .decode(node)
                .flatMap(size -> size.bytes() >= PoolConfig.MIN_QUOTA.bytes()
                        ? Optional.of(size)
                        : scalars.wrong(
                                node, "a quota is at least " + PoolConfig.MIN_QUOTA + "; found `" + size + "`"));
    }

    private Optional<Map<SiteName, Grants>> grants(YamlNode node) {
        return Fields.entries(node, "`grants`", problems, scalars::site, (entry, peer) -> {
            crosscheck.peer(peer, entry.key().position());
            return grant(entry.value(), peer);
        });
    }

    private Optional<Grants> grant(YamlNode node, SiteName peer) {
        return Fields.read(node, "the grant to `" + peer + "`", problems, f -> {
            var write = f.optional("write", scalars.list(0, "write: [main]", named(crosscheck::usesPool)));
            var read = f.optional("read", scalars.list(0, "read: [finance]", scalars::name));
            var connect =
                    f.optional("connect", scalars.list(0, "connect: [dd-seoul]", named(crosscheck::offersAppliance)));
            return () -> new Grants(set(write), set(read), set(connect));
        });
    }

    private Decoder<String> named(Crosscheck.Reference reference) {
        return node -> {
            Optional<String> name = scalars.name(node);
            name.ifPresent(n -> reference.at(n, node.position()));
            return name;
        };
    }

    private static Set<String> set(Value<List<String>> names) {
        return new HashSet<>(names.orElse(List.of()));
    }

    private Optional<Relay> relay(YamlNode node) {
        Map<String, Relay.Dedup> words = Words.of(Relay.Dedup.values());
        return Fields.read(node, "`relay`", problems, f -> {
            var hold = f.optional(
                    "hold", scalars.quantity(text -> new Relay(Durations.parse(text), Relay.Dedup.AUTO).hold()));
            var dedup = f.optional("dedup", scalars.word(words));
            return () -> new Relay(hold.orElse(Relay.DEFAULT.hold()), dedup.orElse(Relay.DEFAULT.dedup()));
        });
    }

    private Optional<Admin> admin(YamlNode node) {
        return Fields.read(node, "`admin`", problems, f -> {
            var listen = f.optional("listen", scalars::hostPort);
            return () -> new Admin(listen.orElse(Admin.DEFAULT.listen()));
        });
    }
}
