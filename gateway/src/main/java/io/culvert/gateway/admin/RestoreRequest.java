package io.culvert.gateway.admin;

import java.util.List;
import java.util.Optional;

/**
 * What is to be restored.
 *
 * @param peer read it from this peer; nothing: from here, or else from a peer that holds it
 * @param paths below the snapshot's root, without a leading {@code /}; empty: all
 */
public record RestoreRequest(String snapshot, Optional<String> peer, List<String> paths) {
    /** More is refused: restore their common directory. */
    public static final int MAX_PATHS = 1_000;

    public RestoreRequest {
        paths = List.copyOf(paths);
    }
}
