/**
 * The pool: where verified chunks live, and how they are found, read, checked and recovered.
 *
 * <pre>
 *   POOL/format               what this directory is, and the version of its layout
 *       /lock                 held while a process has the pool open
 *       /reserve              room kept free so that a snapshot can be published on a full disk
 *       /containers/*.seg     append-only files of segment records: the truth      ({@code RecordHeader})
 *       /index/current        which runs make up the index, and how far they cover ({@code Checkpoint})
 *       /index/*.run          sorted, immutable: fingerprint to place in a container ({@code Run})
 *       /index/rebuild            there if the index is damaged and to be built again
 *       /snapshots/*.snap     one file per snapshot                                ({@code SnapshotFormat})
 *       /fences               highest fence per dataset                            ({@code FenceRegistry})
 *       /damaged              ranges of containers that are known to be damaged    ({@code Quarantine})
 * </pre>
 *
 * <p>{@code index} is derived: lose it and the next open builds it from the containers. A chunk is in the pool if the index
 * has a place for it that is not quarantined. The life of an append: record written at the tail of the one open container,
 * its chunks entered in the index's memory table, durable with the next {@link io.culvert.dedupe.pool.Pool#force()}; when
 * the table is full the container is forced, the table becomes a run, and {@code current} moves forward. Recovery reads the
 * containers from where {@code current} ends.
 *
 * <p>Lock order: {@code Containers} append lock, then {@code ChunkIndex} change lock, then its read-write lock; group
 * commit, quarantine, snapshots and fences are leaves. Nobody holds the append lock while waiting for an fsync, except when
 * a container is full (at most what senders may have unacknowledged) or the memory table is written out.
 */
@NullMarked
package io.culvert.dedupe.pool;

import org.jspecify.annotations.NullMarked;
