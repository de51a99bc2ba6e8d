package io.culvert.siteconfig;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;

/**
 * A pool of this site gets another name in the site file: where it is defined, in what peers are granted, and in the streams that are
 * taken into it. Pools of peers that have the same name keep it, and all else stays as it was written. Immutable.
 */
public final class PoolRename {
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    /**
     * A place where the name stands.
     *
     * @param line the whole line as it would be afterwards
     */
    public record Place(Position position, String line) {}

    private final Path file;
    private final byte[] before;
    private final byte[] after;
    private final List<Place> places;

    private PoolRename(Path file, byte[] before, byte[] after, List<Place> places) {
        this.file = file;
        this.before = before;
        this.after = after;
        this.places = places;
    }

    /**
     * Finds out what is to change in the file.
     *
     * @throws ConfigException if the file has problems, or would have with the other name; or if it cannot be changed without changing what
     *     it says otherwise, because aliases ({@code *name}) tie what must differ
     */
    public static PoolRename of(Path file, String from, String to) throws ConfigException {
        Problems problems = new Problems(file);
        byte[] before = SourceText.read(file, problems);
        SiteConfig config = SiteConfigLoader.parse(file, before);
        SiteFileText text = new SiteFileText(SourceText.decode(before, problems));
        Names names = new Names(text, from, to);
        text.visit(names);
        String changed = text.applied();
        byte[] after = bytes(before, changed);
        SiteConfig then = SiteConfigLoader.parse(file, after);
        if (!then.equals(renamed(config, from, to))) {
            problems.add(
                    names.found.isEmpty() ? Position.START : names.found.getFirst(),
                    "the name of pool `" + from
                            + "` is tied to something else by an alias (`*name`), or holds one itself;"
                            + " write names without aliases, then rename it");
            throw problems.toException();
        }
        List<String> lines = changed.lines().toList();
        return new PoolRename(
                file,
                before,
                after,
                names.found.stream()
                        .map(at -> new Place(at, lines.get(at.line() - 1).strip()))
                        .toList());
    }

    private static byte[] bytes(byte[] before, String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        boolean marked = before.length >= BYTE_ORDER_MARK.length
                && ByteBuffer.wrap(before, 0, BYTE_ORDER_MARK.length).equals(ByteBuffer.wrap(BYTE_ORDER_MARK));
        if (!marked) {
            return body;
        }
        return ByteBuffer.allocate(BYTE_ORDER_MARK.length + body.length)
                .put(BYTE_ORDER_MARK)
                .put(body)
                .array();
    }

    /** What a file says that names the pool otherwise and is the same in everything else; the same if there is no such pool. */
    public static SiteConfig renamed(SiteConfig config, String from, String to) {
        Map<String, PoolConfig> pools = new LinkedHashMap<>();
        config.pools().forEach((name, pool) -> pools.put(name.equals(from) ? to : name, pool));
        Map<SiteName, Grants> grants = new LinkedHashMap<>();
        config.grants().forEach((peer, grant) -> {
            Set<String> write = new LinkedHashSet<>();
            grant.write().forEach(name -> write.add(name.equals(from) ? to : name));
            grants.put(peer, new Grants(write, grant.read(), grant.connect()));
        });
        Map<String, DatasetConfig> datasets = new LinkedHashMap<>();
        config.datasets()
                .forEach((name, dataset) -> datasets.put(
                        name,
                        dataset instanceof DatasetConfig.Stream stream
                                        && stream.pool().equals(from)
                                ? new DatasetConfig.Stream(to, stream.policy())
                                : dataset));
        return new SiteConfig(
                config.site(),
                config.stateDir(),
                config.listen(),
                config.advertise(),
                config.peers(),
                pools,
                grants,
                datasets,
                config.appliances(),
                config.relay(),
                config.checkpoints(),
                config.admin(),
                config.alerts(),
                config.rules());
    }

    /** The file as the caller named it. */
    public Path file() {
        return file;
    }

    /** Where the name stands, in the order of the file. */
    public List<Place> places() {
        return places;
    }

    /**
     * Puts the changed file in the place of the one that was read: whole, durable, with its owner and rights; a link to it stays one.
     *
     * @throws IOException if it was changed meanwhile, or this user may not do that; nothing was changed then
     */
    public void apply() throws IOException {
        Path real = file.toRealPath();
        if (!Files.isWritable(real)) {
            throw new AccessDeniedException(real.toString());
        }
        Path directory = Objects.requireNonNull(real.getParent());
        Path fresh = Files.createTempFile(directory, "." + real.getFileName() + ".", ".renaming");
        try {
            Files.write(fresh, after);
            likeIt(real, fresh);
            force(fresh);
            if (!Arrays.equals(before, Files.readAllBytes(real))) {
                throw new IOException("it was changed by somebody else just now; run the command again");
            }
            Files.move(fresh, real, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            force(directory);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void likeIt(Path real, Path fresh) throws IOException {
        PosixFileAttributes its = Files.readAttributes(real, PosixFileAttributes.class);
        PosixFileAttributeView view = Files.getFileAttributeView(fresh, PosixFileAttributeView.class);
        PosixFileAttributes mine = view.readAttributes();
        if (!mine.owner().equals(its.owner())) {
            view.setOwner(its.owner());
        }
        if (!mine.group().equals(its.group())) {
            view.setGroup(its.group());
        }
        view.setPermissions(its.permissions());
    }

    /** Finds the name where it means the pool. */
    private static final class Names implements SiteFileText.Visitor {
        private final SiteFileText text;
        private final String from;
        private final String to;
        private final List<Position> found = new ArrayList<>();

        Names(SiteFileText text, String from, String to) {
            this.text = text;
            this.from = from;
            this.to = to;
        }

        @Override
        public void key(List<String> path, Event key) {
            if (path.size() == 2 && path.getFirst().equals("pools")) {
                see(key);
            }
        }

        @Override
        public void value(List<String> path, Event value) {
            boolean granted = path.size() == 4
                    && path.getFirst().equals("grants")
                    && path.get(2).equals("write");
            boolean takenInto = path.size() == 3
                    && path.getFirst().equals("datasets")
                    && path.getLast().equals("pool");
            if (granted || takenInto) {
                see(value);
            }
        }

        private void see(Event event) {
            if (event instanceof ScalarEvent scalar && scalar.getValue().equals(from)) {
                event.getStartMark()
                        .ifPresent(mark -> found.add(new Position(mark.getLine() + 1, mark.getColumn() + 1)));
                text.replace(event, inStyleOf(scalar));
            }
        }

        private String inStyleOf(ScalarEvent scalar) {
            boolean plain = scalar.getScalarStyle() == ScalarStyle.PLAIN
                    && new YamlNode.Scalar(Position.START, to, true).type() == YamlNode.Scalar.Type.TEXT
                    && !Scalars.YAML_1_1_BOOLEAN.matcher(to).matches();
            return plain
                    ? to
                    : scalar.getScalarStyle() == ScalarStyle.SINGLE_QUOTED
                            ? "'" + to + "'"
                            : SiteConfigTemplate.quoted(to);
        }
    }
}
