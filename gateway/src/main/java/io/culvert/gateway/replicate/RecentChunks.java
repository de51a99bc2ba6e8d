package io.culvert.gateway.replicate;

import io.culvert.dedupe.chunk.Fingerprint;
import java.util.LinkedHashMap;
import java.util.Map;

/** The chunks offered last in a session: offered again, they need not be asked for. Bounded; forgets the oldest. */
final class RecentChunks {

    /** Chunks remembered: beyond what can be under way, the receiver's own index answers. */
    static final int MAX_CHUNKS = 64 * 1024;

    private final Map<Fingerprint, Boolean> recent = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Fingerprint, Boolean> eldest) {
            return size() > MAX_CHUNKS;
        }
    };

    /** Notes the chunk; false if it was noted before. */
    boolean add(Fingerprint fingerprint) {
        return recent.putIfAbsent(fingerprint, Boolean.TRUE) == null;
    }
}
