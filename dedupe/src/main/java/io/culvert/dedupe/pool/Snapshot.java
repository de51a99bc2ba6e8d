package io.culvert.dedupe.pool;

import io.culvert.dedupe.chunk.ChunkRef;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * A complete state of a dataset, as the catalogue of a pool names it.
 *
 * @param id sortable by time, see {@link #newId}
 * @param dataset name of the dataset at its site
 * @param site the site that owns the dataset
 * @param kind tree, volume or stream
 * @param created when the source was read
 * @param attempt id of the attempt that made it
 * @param fence fence of that attempt's owner
 * @param label what a person called it, may be empty
 * @param root root of the manifest
 * @param depth levels of the manifest above its leaves
 * @param entries count of manifest entries
 * @param sourceBytes bytes of the source
 * @param properties anything else worth keeping, at most 64 of them
 */
public record Snapshot(
        String id,
        String dataset,
        String site,
        String kind,
        Instant created,
        String attempt,
        Fence fence,
        String label,
        ChunkRef root,
        int depth,
        long entries,
        long sourceBytes,
        SortedMap<String, String> properties) {

    static final int MAX_PROPERTIES = 64;
    static final int MAX_TEXT_BYTES = 4096;
    private static final Pattern ID = Pattern.compile("\\d{8}T\\d{6}-[0-9a-f]{8}");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    public Snapshot {
        if (!isId(id)) {
            throw new IllegalArgumentException("id must look like 20260131T235959-0123abcd, was " + id);
        }
        if (depth < 0 || entries < 0 || sourceBytes < 0) {
            throw new IllegalArgumentException(
                    "depth, entries and sourceBytes must be >= 0, were " + depth + ", " + entries + ", " + sourceBytes);
        }
        if (properties.size() > MAX_PROPERTIES) {
            throw new IllegalArgumentException(
                    "properties must be at most " + MAX_PROPERTIES + ", were " + properties.size());
        }
        properties = Collections.unmodifiableSortedMap(new TreeMap<>(properties));
    }

    /** A new id: the second of the day and 32 random bits. */
    public static String newId(InstantSource clock, RandomGenerator random) {
        return TIME.format(clock.instant()) + "-" + String.format(Locale.ROOT, "%08x", random.nextInt());
    }

    /** Whether a text has the form of an id; anything else is never made part of a path. */
    public static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /** The same with another set of properties. */
    public Snapshot withProperties(Map<String, String> other) {
        return new Snapshot(
                id,
                dataset,
                site,
                kind,
                created,
                attempt,
                fence,
                label,
                root,
                depth,
                entries,
                sourceBytes,
                new TreeMap<>(other));
    }
}
