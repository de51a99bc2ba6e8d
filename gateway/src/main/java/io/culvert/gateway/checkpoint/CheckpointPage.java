package io.culvert.gateway.checkpoint;

import java.util.List;

/**
 * A part of the list of checkpoints, in the order of their job ids.
 *
 * @param checkpoints what could be read
 * @param damaged what could not, each naming its job
 * @param next the job id to list after for the next page; empty at the end
 */
public record CheckpointPage(
        List<StoredCheckpoint> checkpoints, List<CorruptCheckpointException> damaged, String next) {
    public CheckpointPage {
        checkpoints = List.copyOf(checkpoints);
        damaged = List.copyOf(damaged);
    }

    static CheckpointPage of(
            List<StoredCheckpoint> checkpoints, List<CorruptCheckpointException> damaged, boolean last) {
        String next = last ? "" : checkpoints.getLast().checkpoint().job().id();
        return new CheckpointPage(checkpoints, damaged, next);
    }
}
