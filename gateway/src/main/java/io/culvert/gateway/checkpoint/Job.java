package io.culvert.gateway.checkpoint;

/**
 * What a checkpoint is about: one dataset on its way into one pool of one peer.
 *
 * @param id the job's name in the store, see {@link #MAX_ID_BYTES}
 */
public record Job(String id, String dataset, String peer, String pool) {
    /** The longest job id: letters, digits and {@code . _ - : @ + /} only. */
    public static final int MAX_ID_BYTES = 200;

    static final int MAX_NAME_BYTES = 100;

    public Job {
        requireId(id);
        Names.require("dataset", dataset, MAX_NAME_BYTES);
        Names.require("peer", peer, MAX_NAME_BYTES);
        Names.require("pool", pool, MAX_NAME_BYTES);
    }

    static String requireId(String id) {
        Names.require("job id", id, MAX_ID_BYTES);
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!plain && "._-:@+/".indexOf(c) < 0) {
                throw new IllegalArgumentException(
                        "job id may hold letters, digits and . _ - : @ + / only, was \"" + id + "\"");
            }
        }
        return id;
    }
}
