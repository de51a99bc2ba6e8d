/**
 * The pool: where verified chunks live, and how they are found, read, checked and recovered.
 *
 * <pre>
 *   POOL/format               what this directory is, and the version of its layout
 *       /id                   tells this pool from every other: a UUID, made with it
 *       /lock                 held while a process has the pool open                ({@code LockRange})
 *       /owner-0, owner-1     who was last to open it under a fence, and seals     ({@code OwnerRecord})
 *       /reserve              room kept free so that a snapshot can be published on a full disk
 *       /containers/*.seg     append-only files of segment records: the truth      ({@code RecordHeader})
 *       /index/current        which runs make up the index, and how far they cover ({@code Checkpoint})
 *       /index/*.run          sorted, immutable: fingerprint to place in a container ({@code Run})
 *       /index/rebuild            there if the index is damaged and to be built again
 *       /snapshots/*.snap     one file per snapshot                                ({@code SnapshotFormat})
 *       /fences-0, fences-1   highest fence per dataset                            ({@code FenceRegistry})
 *       /damaged              ranges of containers that are known to be damaged    ({@code Quarantine})
 *       /skipped              ranges that a power cut tore and nobody was promised
 * </pre>
 *
 * <p>{@code index} is derived: lose it and the next open builds it from the containers. A chunk is in the pool if the index
 * has a place for it that is not quarantined. The life of an append: record written at the tail of the one open container,
 * its chunks entered in the index's memory table, durable with the next {@link io.culvert.dedupe.pool.Pool#force()}; when
 * the table is full the container is forced, the table becomes a run, and {@code current} moves forward. Recovery reads the
 * containers from where {@code current} ends.
 *
 * <p>Several gateways may see the directory; one owns it ({@link io.culvert.dedupe.pool.PoolOwnership}). The former owner may
 * hang anywhere, also between the guard and the system call, and one operation of each of its threads may reach the disk at
 * any later time. It changes nothing of what the pool holds:
 *
 * <table>
 *   <caption>Operations of a former owner that come late</caption>
 *   <tr><th>operation</th><th>why it is harmless</th></tr>
 *   <tr><td>append to, force or cut the open container</td><td>the next owner never writes to it, and what is behind the
 *       length that it sealed is ignored for ever; whatever is cut was not sound, or quarantined before</td></tr>
 *   <tr><td>create, begin or remove a container</td><td>the numbers that the former owner may give lie between the seal's
 *       container and the next: no part of the pool</td></tr>
 *   <tr><td>create, write or rename a temporary file: {@code current}, {@code rebuild}, snapshots, fences, {@code damaged},
 *       {@code skipped}, owner, {@code id}, {@code format}</td><td>each owner has temporary names of its own; the next one
 *       sweeps them, durably, before it reads anything, so the rename finds nothing</td></tr>
 *   <tr><td>remove a snapshot</td><td>it was replaced by a file that says that it is gone, by such a rename</td></tr>
 *   <tr><td>create or remove a run</td><td>each owner numbers its runs from a number of its own; {@code current} does not
 *       name what is removed. The index is derived, should it be {@code current} or {@code rebuild}</td></tr>
 *   <tr><td>create, write, rename or remove the reserve</td><td>each owner's has a name of its own</td></tr>
 * </table>
 *
 * <p>Lock order: {@code Containers} append lock, then {@code ChunkIndex} change lock, then its read-write lock; group
 * commit, quarantine, snapshots and fences are leaves, but for the reserve and below it the {@code OwnerGuard}, whose read
 * lock is held during each change of a file and never waited for. Nobody holds the append lock while waiting for an fsync, except when
 * a container is full (at most what senders may have unacknowledged) or the memory table is written out.
 */
@NullMarked
package io.culvert.dedupe.pool;

import org.jspecify.annotations.NullMarked;
