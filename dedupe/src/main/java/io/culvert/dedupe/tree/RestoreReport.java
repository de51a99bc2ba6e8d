package io.culvert.dedupe.tree;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a restore could not do.
 *
 * @param counts how often, by kind; a kind that did not happen is not in it
 * @param notes the first {@value #MAX_NOTES} of them
 */
public record RestoreReport(Map<RestoreNote.Kind, Long> counts, List<RestoreNote> notes) {

    /** Most notes kept; the counts go on. */
    public static final int MAX_NOTES = 1_000;

    public RestoreReport {
        counts = Map.copyOf(counts);
        notes = List.copyOf(notes);
    }

    /** Whether everything is as it was. */
    public boolean isComplete() {
        return counts.isEmpty();
    }

    /** The report while it grows. */
    static final class Builder {
        private final Map<RestoreNote.Kind, Long> counts = new EnumMap<>(RestoreNote.Kind.class);
        private final List<RestoreNote> notes = new ArrayList<>();

        void add(RestoreNote note) {
            counts.merge(note.kind(), 1L, Long::sum);
            if (notes.size() < MAX_NOTES) {
                notes.add(note);
            }
        }

        RestoreReport build() {
            return new RestoreReport(counts, notes);
        }
    }
}
