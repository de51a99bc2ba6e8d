package io.culvert.siteconfig;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;

/**
 * The text of a site file in which some scalars are replaced; all else, comments too, stays as it was written. The file was found to
 * be sound before. One thread.
 */
final class SiteFileText {
    /** Sees what stands in the file, in its order. A path names the keys from the top; an item of a list has an empty one. */
    interface Visitor {
        void key(List<String> path, Event key);

        void value(List<String> path, Event value);
    }

    /** Text that takes the place of a part of the file, counted in code points. */
    private record Edit(int from, int to, String replacement) {}

    /** One mapping or list that is open while the file is passed. */
    private static final class Level {
        private final boolean isMapping;
        private String key = "";
        private boolean isKeyNext = true;

        private Level(boolean isMapping) {
            this.isMapping = isMapping;
        }
    }

    private final String text;
    private final List<Edit> edits = new ArrayList<>();

    SiteFileText(String text) {
        this.text = text;
    }

    void visit(Visitor visitor) {
        Deque<Level> levels = new ArrayDeque<>();
        for (Event event : new Parse(LoadSettings.builder()
                        .setCodePointLimit(SourceText.MAX_BYTES)
                        .build())
                .parseString(text)) {
            switch (event.getEventId()) {
                case MappingStart -> {
                    pass(levels, event, visitor);
                    levels.push(new Level(true));
                }
                case SequenceStart -> {
                    pass(levels, event, visitor);
                    levels.push(new Level(false));
                }
                case MappingEnd, SequenceEnd -> levels.pop();
                case Scalar, Alias -> pass(levels, event, visitor);
                default -> {}
            }
        }
    }

    private static void pass(Deque<Level> levels, Event event, Visitor visitor) {
        Level level = levels.peek();
        if (level == null || !level.isMapping) {
            visitor.value(path(levels), event);
            return;
        }
        if (level.isKeyNext) {
            level.key = event instanceof ScalarEvent scalar ? scalar.getValue() : "";
            visitor.key(path(levels), event);
        } else {
            visitor.value(path(levels), event);
        }
        level.isKeyNext = !level.isKeyNext;
    }

    private static List<String> path(Deque<Level> levels) {
        List<String> path = new ArrayList<>();
        levels.descendingIterator().forEachRemaining(level -> path.add(level.isMapping ? level.key : ""));
        return path;
    }

    /** Replaces what stands there; a name that a scalar was given (an anchor) is kept. */
    void replace(Event event, String value) {
        String anchor = event instanceof ScalarEvent
                ? ((NodeEvent) event)
                        .getAnchor()
                        .map(Anchor::getValue)
                        .map(name -> "&" + name + " ")
                        .orElse("")
                : "";
        edits.add(new Edit(
                event.getStartMark().orElseThrow().getIndex(),
                event.getEndMark().orElseThrow().getIndex(),
                anchor + value));
    }

    /** Adds text before what stands there. */
    void insertBefore(Event event, String added) {
        int at = event.getStartMark().orElseThrow().getIndex();
        edits.add(new Edit(at, at, added));
    }

    /** The text with everything replaced. */
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
