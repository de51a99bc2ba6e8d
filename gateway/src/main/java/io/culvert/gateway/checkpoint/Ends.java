package io.culvert.gateway.checkpoint;

import java.util.LinkedHashMap;
import java.util.List;

/** The last {@link CheckpointStore#MAX_ENDED} jobs that ended, in the order in which they were noted first. One thread at a time. */
final class Ends {
    private final LinkedHashMap<String, EndedJob> byRun = new LinkedHashMap<>();

    void add(EndedJob ended) {
        byRun.put(ended.id(), ended);
        if (byRun.size() > CheckpointStore.MAX_ENDED) {
            byRun.pollFirstEntry();
        }
    }

    boolean has(String run) {
        return byRun.containsKey(run);
    }

    List<EndedJob> newestFirst() {
        return List.copyOf(byRun.sequencedValues().reversed());
    }
}
