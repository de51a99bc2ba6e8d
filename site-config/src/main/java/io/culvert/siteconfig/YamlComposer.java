package io.culvert.siteconfig;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Builds {@link YamlNode}s from the events of a YAML 1.2 parser, within bounds.
 *
 * <p>It pulls the events itself instead of asking the parser's library for a tree: so nesting is bounded before
 * anything recurses, an alias is counted at the size of what it repeats before it is followed, and all duplicate keys
 * of a file are reported, not the first.
 */
final class YamlComposer {
    static final int MAX_DEPTH = 32;
    static final long MAX_VALUES = 200_000;

    private static final LoadSettings SETTINGS =
            LoadSettings.builder().setCodePointLimit(SourceText.MAX_BYTES).build();

    private final Problems problems;
    private final Iterator<Event> events;
    private final Map<Anchor, YamlNode> anchors = new HashMap<>();
    private final Set<Anchor> open = new HashSet<>();
    private long values;

    private YamlComposer(String text, Problems problems) {
        this.problems = problems;
        this.events = new Parse(SETTINGS).parseString(text).iterator();
    }

    /** Returns the one document in {@code text}; throws at once what makes the rest of the text unreadable. */
    static YamlNode compose(String text, Problems problems) throws ConfigException {
        try {
            return new YamlComposer(text, problems).document();
        } catch (MarkedYamlEngineException e) {
            problems.add(position(e), YamlSyntax.sentence(e));
            throw problems.toException();
        } catch (YamlEngineException e) {
            problems.add(Position.START, "this is not YAML: " + e.getMessage());
            throw problems.toException();
        }
    }

    private YamlNode document() throws ConfigException {
        Event event = events.next();
        while (event.getEventId() != Event.ID.DocumentStart) {
            if (event.getEventId() == Event.ID.StreamEnd) {
                throw stop(Position.START, "the file is empty; it needs at least `site: NAME`");
            }
            event = events.next();
        }
        YamlNode root = node(events.next(), 1);
        while (events.hasNext()) {
            Event after = events.next();
            if (after instanceof DocumentStartEvent) {
                throw stop(position(after), "a second document starts here; a site file is one document");
            }
        }
        return root;
    }

    private YamlNode node(Event event, int depth) throws ConfigException {
        if (depth > MAX_DEPTH) {
            throw stop(
                    position(event), "nested deeper than " + MAX_DEPTH + " levels; a site file needs fewer than ten");
        }
        if (event instanceof AliasEvent alias) {
            return repeated(alias);
        }
        count(event, 1);
        Optional<Anchor> anchor = event instanceof NodeEvent named ? named.getAnchor() : Optional.empty();
        anchor.ifPresent(open::add);
        YamlNode node = switch (event) {
            case ScalarEvent scalar -> scalar(scalar);
            case SequenceStartEvent start -> sequence(start, depth);
            case MappingStartEvent start -> mapping(start, depth);
            default -> throw new IllegalStateException("no value starts with " + event);
        };
        anchor.ifPresent(name -> {
            open.remove(name);
            anchors.put(name, node);
        });
        return node;
    }

    private YamlNode repeated(AliasEvent alias) throws ConfigException {
        if (open.contains(alias.getAlias())) {
            throw stop(
                    position(alias), "`*" + alias.getAlias().getValue() + "` stands inside the value that it repeats");
        }
        YamlNode known = anchors.get(alias.getAlias());
        if (known == null) {
            throw stop(
                    position(alias),
                    "`*" + alias.getAlias().getValue() + "` repeats a value that no `&"
                            + alias.getAlias().getValue()
                            + "` before it has named (text that starts with `*` needs quotes)");
        }
        count(alias, known.size());
        return known;
    }

    private YamlNode.Scalar scalar(ScalarEvent event) {
        refuseTag(event, event.getTag());
        return new YamlNode.Scalar(position(event), event.getValue(), event.getScalarStyle() == ScalarStyle.PLAIN);
    }

    private YamlNode sequence(SequenceStartEvent start, int depth) throws ConfigException {
        refuseTag(start, start.getTag());
        List<YamlNode> items = new ArrayList<>();
        long size = 1;
        for (Event e = events.next(); e.getEventId() != Event.ID.SequenceEnd; e = events.next()) {
            YamlNode item = node(e, depth + 1);
            size += item.size();
            items.add(item);
        }
        return new YamlNode.Sequence(position(start), List.copyOf(items), size);
    }

    private YamlNode mapping(MappingStartEvent start, int depth) throws ConfigException {
        refuseTag(start, start.getTag());
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        long size = 1;
        for (Event e = events.next(); e.getEventId() != Event.ID.MappingEnd; e = events.next()) {
            YamlNode key = node(e, depth + 1);
            YamlNode value = node(events.next(), depth + 1);
            size += key.size() + value.size();
            if (!(key instanceof YamlNode.Scalar name)) {
                problems.add(position(e), "found " + key.found() + " where the name of a setting is needed");
                continue;
            }
            YamlNode.Entry first = entries.putIfAbsent(name.text(), new YamlNode.Entry(name, value));
            if (first != null) {
                problems.add(
                        name.position(),
                        "%s stands here a second time (first at %s); remove one of the two"
                                .formatted(name.quoted(), first.key().position()));
            }
        }
        return new YamlNode.Mapping(position(start), List.copyOf(entries.values()), size);
    }

    private void refuseTag(Event event, Optional<String> tag) {
        // Quoted scalars and flow collections carry no tag; "!" alone is the parser's word for "not plain".
        tag.filter(t -> !t.equals("!"))
                .ifPresent(t -> problems.add(
                        position(event),
                        "the tag " + YamlNode.Scalar.quote(t) + " is not used in a site file; remove it"));
    }

    private void count(Event event, long more) throws ConfigException {
        values += more;
        if (values > MAX_VALUES) {
            throw stop(
                    position(event),
                    "the file holds more than " + MAX_VALUES
                            + " values here, aliases (`*name`) counted as what they repeat");
        }
    }

    private ConfigException stop(Position position, String sentence) {
        problems.add(position, sentence);
        return problems.toException();
    }

    private static Position position(Event event) {
        return event.getStartMark()
                .map(mark -> new Position(mark.getLine() + 1, mark.getColumn() + 1))
                .orElse(Position.START);
    }

    private static Position position(MarkedYamlEngineException e) {
        return e.getProblemMark()
                .or(e::getContextMark)
                .map(mark -> new Position(mark.getLine() + 1, mark.getColumn() + 1))
                .orElse(Position.START);
    }
}
