/**
 * Trees of files and volumes, read for a snapshot and restored from one.
 *
 * <p>{@link io.culvert.dedupe.tree.TreeScanner} walks a tree in the order of a manifest and hands out what the file
 * system says of each entry; {@link io.culvert.dedupe.tree.SourceFile} and {@link io.culvert.dedupe.tree.VolumeSource}
 * read data and holes. {@link io.culvert.dedupe.tree.TreeSink} is the way back:
 * {@link io.culvert.dedupe.tree.TreeWriter} makes files below a target directory,
 * {@link io.culvert.dedupe.tree.TarTreeSink} writes a pax archive.
 *
 * <p>Everything reaches the kernel through libc by directory descriptors and single names, never by whole paths: any
 * byte is legal in a name, no depth is too deep, and a symbolic link that somebody swaps in is met as a link, not
 * followed. A walker and its buffers belong to one thread at a time.
 */
@NullMarked
package io.culvert.dedupe.tree;

import org.jspecify.annotations.NullMarked;
