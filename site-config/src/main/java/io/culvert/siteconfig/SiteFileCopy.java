package io.culvert.siteconfig;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;

/**
 * A site file of one gateway, to be made that of another gateway of the same site.
 *
 * <p>Only what must differ is replaced in the text: {@code stateDir}, {@code advertise}, and pools that lie below the old
 * {@code stateDir}. All else stays as it was written, comments too. Immutable.
 */
public final class SiteFileCopy {
    private final String text;
    private final SiteConfig config;

    private SiteFileCopy(String text, SiteConfig config) {
        this.text = text;
        this.config = config;
    }

    /** Reads the file of the other gateway. @throws ConfigException with every problem in it */
    public static SiteFileCopy read(byte[] content) throws ConfigException {
        Path name = Path.of("the other gateway's site file");
        SiteConfig config = SiteConfigLoader.parse(name, content);
        return new SiteFileCopy(SourceText.decode(content, new Problems(name)), config);
    }

    /** What the file says as it came. */
    public SiteConfig config() {
        return config;
    }

    /** The file for a gateway with this state directory, absolute and normal, that peers reach there. */
    public byte[] placed(Path stateDir, HostPort advertise) {
        Edits edits = new Edits(stateDir);
        for (Event event : new Parse(LoadSettings.builder()
                        .setCodePointLimit(SourceText.MAX_BYTES)
                        .build())
                .parseString(text)) {
            edits.pass(event);
        }
        edits.set("stateDir", SiteConfigTemplate.quoted(stateDir.toString()));
        edits.set("advertise", SiteConfigTemplate.quoted(advertise.toString()));
        return edits.applied().getBytes(StandardCharsets.UTF_8);
    }

    /** Text that takes the place of a part of the file, counted in code points. */
    private record Edit(int from, int to, String replacement) {}

    /** One mapping or list that is open while the file is passed. */
    private static final class Level {
        final boolean isMapping;
        String key = "";
        boolean isKeyNext = true;

        Level(boolean isMapping) {
            this.isMapping = isMapping;
        }
    }

    /** Finds the places while the events of the file pass. */
    private final class Edits {
        private final Path stateDir;
        private final List<Edit> edits = new ArrayList<>();
        private final List<String> found = new ArrayList<>();
        private final Deque<Level> levels = new ArrayDeque<>();
        private final List<Event> places = new ArrayList<>();
        private boolean isFlow;
        private Optional<Event> first = Optional.empty();

        Edits(Path stateDir) {
            this.stateDir = stateDir;
        }

        void pass(Event event) {
            switch (event.getEventId()) {
                case MappingStart -> {
                    if (levels.isEmpty()) {
                        isFlow = ((MappingStartEvent) event).isFlow();
                    }
                    value(event);
                    levels.push(new Level(true));
                }
                case SequenceStart -> {
                    value(event);
                    levels.push(new Level(false));
                }
                case MappingEnd, SequenceEnd -> levels.pop();
                case Scalar, Alias -> value(event);
                default -> {}
            }
        }

        private void value(Event event) {
            Level level = levels.peek();
            if (level == null || !level.isMapping) {
                return;
            }
            if (level.isKeyNext) {
                level.key = event instanceof ScalarEvent scalar ? scalar.getValue() : "";
                if (levels.size() == 1 && first.isEmpty()) {
                    first = Optional.of(event);
                }
            } else {
                place(path(), event);
            }
            level.isKeyNext = !level.isKeyNext;
        }

        private List<String> path() {
            List<String> path = new ArrayList<>();
            levels.descendingIterator().forEachRemaining(level -> path.add(level.isMapping ? level.key : ""));
            return path;
        }

        private void place(List<String> path, Event event) {
            if (path.size() == 1
                    && (path.getFirst().equals("stateDir") || path.getFirst().equals("advertise"))) {
                found.add(path.getFirst());
                places.add(event);
            } else if (path.size() == 3
                    && path.getFirst().equals("pools")
                    && path.getLast().equals("path")
                    && event instanceof ScalarEvent scalar) {
                Path pool = Path.of(scalar.getValue());
                if (pool.startsWith(config.stateDir())) {
                    Path moved = stateDir.resolve(config.stateDir().relativize(pool));
                    replace(event, SiteConfigTemplate.quoted(moved.toString()));
                }
            }
        }

        /** Replaces the value of a setting at the top, or adds it before the first. */
        void set(String key, String value) {
            int at = found.indexOf(key);
            if (at >= 0) {
                replace(places.get(at), value);
            } else {
                var mark = first.flatMap(Event::getStartMark).orElseThrow();
                String end = isFlow ? ", " : "\n" + " ".repeat(mark.getColumn());
                edits.add(new Edit(mark.getIndex(), mark.getIndex(), key + ": " + value + end));
            }
        }

        private void replace(Event event, String value) {
            String anchor = event instanceof ScalarEvent
                    ? ((NodeEvent) event)
                            .getAnchor()
                            .map(name -> "&" + name.getValue() + " ")
                            .orElse("")
                    : "";
            edits.add(new Edit(
                    event.getStartMark().orElseThrow().getIndex(),
                    event.getEndMark().orElseThrow().getIndex(),
                    anchor + value));
        }

        String applied() {
            edits.sort(Comparator.comparingInt(Edit::from));
            StringBuilder out = new StringBuilder();
            int done = 0;
            for (Edit edit : edits) {
                int from = text.offsetByCodePoints(0, edit.from());
                out.append(text, done, from).append(edit.replacement());
                done = text.offsetByCodePoints(0, edit.to());
            }
            return out.append(text, done, text.length()).toString();
        }
    }
}
