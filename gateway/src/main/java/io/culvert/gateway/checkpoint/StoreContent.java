package io.culvert.gateway.checkpoint;

import com.google.protobuf.ByteString;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that a store keeps for good: what a migration moves. Owners and leases are no part of it, nor are sequences and fences, which
 * a store counts for itself.
 *
 * @param checkpoints by job id
 * @param ended the last of them, the oldest first
 * @param notes what gateways of a site show and tell each other, by the key behind the prefix
 * @param damaged one sentence for each value that was not believed, and is not here
 */
record StoreContent(
        List<Checkpoint> checkpoints, List<EndedJob> ended, SortedMap<String, ByteString> notes, List<String> damaged) {

    StoreContent {
        checkpoints = List.copyOf(checkpoints);
        ended = List.copyOf(ended);
        notes = Collections.unmodifiableSortedMap(new TreeMap<>(notes));
        damaged = List.copyOf(damaged);
    }

    /** What a store for one gateway keeps of it. */
    StoreContent ofOneGateway() {
        return new StoreContent(checkpoints, ended, Collections.emptySortedMap(), damaged);
    }

    /** Where it differs from what was read back, for people; empty if it does not. */
    Optional<String> difference(StoreContent back) {
        if (!back.damaged.isEmpty()) {
            return Optional.of(back.damaged.getFirst());
        }
        if (!checkpoints.equals(back.checkpoints)) {
            return Optional.of(difference("checkpoints", checkpoints, back.checkpoints));
        }
        if (!ended.equals(back.ended)) {
            return Optional.of(difference("ended jobs", ended, back.ended));
        }
        for (Map.Entry<String, ByteString> note : notes.entrySet()) {
            if (!note.getValue().equals(back.notes.get(note.getKey()))) {
                return Optional.of("the value of " + note.getKey() + " is another one");
            }
        }
        return notes.size() == back.notes.size()
                ? Optional.empty()
                : Optional.of(back.notes.size() + " notes are there, " + notes.size() + " were written");
    }

    private static <T> String difference(String what, List<T> written, List<T> back) {
        if (written.size() != back.size()) {
            return back.size() + " " + what + " are there, " + written.size() + " were written";
        }
        for (int i = 0; i < written.size(); i++) {
            if (!written.get(i).equals(back.get(i))) {
                return "number " + (i + 1) + " of the " + what + " is another one";
            }
        }
        throw new IllegalArgumentException("lists must differ, were equal");
    }
}
