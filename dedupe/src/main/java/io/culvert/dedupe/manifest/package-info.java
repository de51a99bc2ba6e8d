/**
 * What a snapshot holds, written as a tree of ordinary chunks.
 *
 * <p>A manifest is a sequence of records in path order: an {@link io.culvert.dedupe.manifest.Entry} for each thing in
 * the file system, followed, for a file, by the {@link io.culvert.dedupe.manifest.Extents} of its data. The sequence is
 * cut into leaves where the content says so, and index nodes stand above them up to one root, so that two snapshots
 * share every leaf in which nothing changed.
 */
@NullMarked
package io.culvert.dedupe.manifest;

import org.jspecify.annotations.NullMarked;
