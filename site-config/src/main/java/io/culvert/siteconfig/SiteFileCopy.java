package io.culvert.siteconfig;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
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
        SiteFileText file = new SiteFileText(text);
        Places places = new Places(file, stateDir);
        file.visit(places);
        places.set("stateDir", SiteConfigTemplate.quoted(stateDir.toString()));
        places.set("advertise", SiteConfigTemplate.quoted(advertise.toString()));
        return file.applied().getBytes(StandardCharsets.UTF_8);
    }

    /** Finds the places while the file passes. */
    private final class Places implements SiteFileText.Visitor {
        private final SiteFileText file;
        private final Path stateDir;
        private final Map<String, Event> settings = new HashMap<>();
        private boolean isFlow;
        private Optional<Event> first = Optional.empty();

        Places(SiteFileText file, Path stateDir) {
            this.file = file;
            this.stateDir = stateDir;
        }

        @Override
        public void key(List<String> path, Event key) {
            if (path.size() == 1 && first.isEmpty()) {
                first = Optional.of(key);
            }
        }

        @Override
        public void value(List<String> path, Event value) {
            if (path.isEmpty()) {
                isFlow = value instanceof MappingStartEvent mapping && mapping.isFlow();
            } else if (path.size() == 1) {
                settings.put(path.getFirst(), value);
            } else if (path.size() == 3
                    && path.getFirst().equals("pools")
                    && path.getLast().equals("path")
                    && value instanceof ScalarEvent scalar) {
                Path pool = Path.of(scalar.getValue());
                if (pool.startsWith(config.stateDir())) {
                    Path moved = stateDir.resolve(config.stateDir().relativize(pool));
                    file.replace(value, SiteConfigTemplate.quoted(moved.toString()));
                }
            }
        }

        /** Replaces the value of a setting at the top, or adds it before the first. */
        void set(String key, String value) {
            Event present = settings.get(key);
            if (present != null) {
                file.replace(present, value);
            } else {
                Event before = first.orElseThrow();
                int column = before.getStartMark().orElseThrow().getColumn();
                file.insertBefore(before, key + ": " + value + (isFlow ? ", " : "\n" + " ".repeat(column)));
            }
        }
    }
}
