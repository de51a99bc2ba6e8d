package io.culvert.siteconfig;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.PatternSyntaxException;

/** Decodes {@code datasets}. */
final class DatasetDecoder {
    private static final String[] SOURCE_KEYS = {"path", "exclude", "writers", "pointInTime"};
    private static final int MAX_GLOB_CHARS = 4_096;
    private static final String TARGETS = "replicateTo: [{peer: busan, pool: main}]";

    private final Problems problems;
    private final Scalars scalars;
    private final Crosscheck crosscheck;
    private final PointInTimeDecoder pointInTime;
    private final Map<String, BiFunction<YamlNode, String, Optional<DatasetConfig>>> kinds = new LinkedHashMap<>();

    DatasetDecoder(Problems problems, Scalars scalars, Crosscheck crosscheck) {
        this.problems = problems;
        this.scalars = scalars;
        this.crosscheck = crosscheck;
        this.pointInTime = new PointInTimeDecoder(problems, scalars);
        kinds.put("tree", this::tree);
        kinds.put("volume", this::volume);
        kinds.put("stream", this::stream);
    }

    Optional<Map<String, DatasetConfig>> datasets(YamlNode node) {
        return Fields.entries(node, "`datasets`", problems, this::name, (entry, name) -> dataset(entry.value(), name));
    }

    private Optional<String> name(YamlNode node) {
        return scalars.name(node)
                .flatMap(name -> name.equals(Checkpoints.BACKUPS_DATASET)
                        ? scalars.wrong(
                                node,
                                "`" + name + "` is what copies of etcd's backups are called, which"
                                        + " `checkpoints: {etcd: {backup: …}}` asks for; choose another name")
                        : Optional.of(name));
    }

    /** Decodes where the backups of etcd go. When is not said here: as soon as one is made. */
    Optional<DatasetConfig.Policy> backup(YamlNode node) {
        return Fields.read(node, "`backup`", problems, f -> {
            var targets = f.required(
                    "replicateTo", TARGETS, scalars.list(1, TARGETS, n -> target(n, "a target of etcd's backups")));
            var retention = f.optional("retention", this::retention);
            f.refuse("has no use here: each backup is copied as soon as it is made", "schedule");
            return () -> new DatasetConfig.Policy(
                    targets.get(), Optional.empty(), Optional.empty(), retention.orElse(Retention.KEEP_ALL));
        });
    }

    /** The dataset that they are; what is not whole yet is no part of it. */
    static DatasetConfig backups(Path stateDir, DatasetConfig.Policy policy) {
        return new DatasetConfig.Tree(
                stateDir.resolve(Checkpoints.BACKUPS),
                List.of("*" + Checkpoints.UNFINISHED),
                Writers.ONE,
                Optional.empty(),
                policy);
    }

    private Optional<DatasetConfig> dataset(YamlNode node, String name) {
        return Kinds.choose(node, "dataset `" + name + "`", "kind: tree", problems, scalars, kinds)
                .flatMap(decoder -> decoder.apply(node, name));
    }

    private Optional<DatasetConfig> tree(YamlNode node, String name) {
        return Fields.read(node, "tree dataset `" + name + "`", problems, f -> {
            Kinds.skip(f);
            var path = path(f, name, "/srv/" + name, Crosscheck.Use.TREE);
            var exclude = f.optional("exclude", scalars.list(0, "exclude: [\"*.tmp\"]", this::glob));
            var writers = f.optional("writers", scalars.word(Words.of(Writers.values())));
            var frozen = f.optional("pointInTime", n -> pointInTime.decode(n, path.toOptional()));
            f.refuse("belongs to a stream dataset; a target's pool stands in `replicateTo`", "pool");
            var policy = policy(f, name);
            return () -> new DatasetConfig.Tree(
                    path.get(),
                    exclude.orElse(List.of()),
                    writers.orElse(Writers.ONE),
                    frozen.toOptional(),
                    policy.get());
        });
    }

    private Optional<DatasetConfig> volume(YamlNode node, String name) {
        return Fields.read(node, "volume dataset `" + name + "`", problems, f -> {
            Kinds.skip(f);
            var path = path(f, name, "/dev/vg0/" + name, Crosscheck.Use.VOLUME);
            var writers = f.optional("writers", scalars.word(Words.of(Writers.values())));
            var frozen = f.optional("pointInTime", n -> pointInTime.decode(n, path.toOptional()));
            if (writers.orElse(Writers.ONE) == Writers.MANY && !f.has("pointInTime")) {
                problems.add(
                        f.valuePositionOf("writers"),
                        "a volume that several machines write to is damaged in silence if it is copied live; name a"
                                + " `pointInTime` (hook, btrfs, lvm or rbd)");
            }
            f.refuse("belongs to a tree dataset; a volume is read whole", "exclude");
            f.refuse("belongs to a stream dataset; a target's pool stands in `replicateTo`", "pool");
            var policy = policy(f, name);
            return () -> new DatasetConfig.Volume(
                    path.get(), writers.orElse(Writers.ONE), frozen.toOptional(), policy.get());
        });
    }

    private Optional<DatasetConfig> stream(YamlNode node, String name) {
        return Fields.read(node, "stream dataset `" + name + "`", problems, f -> {
            Kinds.skip(f);
            var pool = f.required("pool", "pool: main", scalars::name);
            pool.toOptional().ifPresent(p -> crosscheck.usesPool(p, f.valuePositionOf("pool")));
            f.refuse("does not fit a stream, which comes by `culvert ingest`", SOURCE_KEYS);
            var policy = policy(f, name);
            return () -> new DatasetConfig.Stream(pool.get(), policy.get());
        });
    }

    private Value<Path> path(Fields f, String name, String example, Crosscheck.Use use) {
        var path = f.required("path", "path: " + example, scalars::path);
        path.toOptional()
                .ifPresent(p -> crosscheck.place(
                        use, p, "dataset `" + name + "` at " + f.valuePositionOf("path"), f.valuePositionOf("path")));
        return path;
    }

    private Optional<String> glob(YamlNode node) {
        return scalars.text(node).flatMap(text -> {
            if (text.startsWith("!")) {
                return scalars.wrong(node, "`exclude` knows no exceptions; found " + YamlNode.Scalar.quote(text));
            }
            if (text.length() > MAX_GLOB_CHARS) {
                return scalars.wrong(node, "a pattern has at most " + MAX_GLOB_CHARS + " characters");
            }
            try {
                FileSystems.getDefault().getPathMatcher("glob:" + text);
                return Optional.of(text);
            } catch (PatternSyntaxException e) {
                return scalars.wrong(
                        node,
                        YamlNode.Scalar.quote(text) + " is no pattern: each `[` and `{` needs its `]` and `}`, and a"
                                + " `\\` the character that it protects");
            }
        });
    }

    private Value<DatasetConfig.Policy> policy(Fields f, String name) {
        int before = problems.count();
        var targets = f.optional(
                "replicateTo", scalars.list(0, TARGETS, n -> target(n, "a target of dataset `" + name + "`")));
        var schedule = f.optional("schedule", scalars.parsed(CronSchedule::new));
        var rpo = f.optional("rpo", positiveDuration("rpo"));
        var retention = f.optional("retention", this::retention);
        return problems.count() == before
                ? Value.of(Optional.of(new DatasetConfig.Policy(
                        targets.orElse(List.of()),
                        schedule.toOptional(),
                        rpo.toOptional(),
                        retention.orElse(Retention.KEEP_ALL))))
                : Value.missing();
    }

    private Optional<ReplicationTarget> target(YamlNode node, String owner) {
        return Fields.read(node, owner, problems, f -> {
            var peer = f.required("peer", "peer: busan", scalars::site);
            peer.toOptional().ifPresent(p -> crosscheck.peer(p, f.valuePositionOf("peer")));
            var pool = f.required("pool", "pool: main", scalars::name);
            return () -> new ReplicationTarget(peer.get(), pool.get());
        });
    }

    private Decoder<Duration> positiveDuration(String key) {
        return node -> scalars.quantity(Durations::parse)
                .decode(node)
                .flatMap(duration -> duration.isPositive()
                        ? Optional.of(duration)
                        : scalars.wrong(node, "`" + key + "` must be more than 0; remove it if it is not wanted"));
    }

    private Optional<Retention> retention(YamlNode node) {
        Decoder<Integer> count = scalars.count(0, Retention.MAX_COUNT);
        return Fields.read(node, "`retention`", problems, f -> {
            var keepLast = f.optional("keepLast", count);
            var daily = f.optional("daily", count);
            var weekly = f.optional("weekly", count);
            var monthly = f.optional("monthly", count);
            var yearly = f.optional("yearly", count);
            var lock = f.optional("lock", scalars.quantity(Durations::parse));
            return () -> new Retention(
                    keepLast.orElse(0),
                    daily.orElse(0),
                    weekly.orElse(0),
                    monthly.orElse(0),
                    yearly.orElse(0),
                    lock.orElse(Duration.ZERO));
        });
    }
}
