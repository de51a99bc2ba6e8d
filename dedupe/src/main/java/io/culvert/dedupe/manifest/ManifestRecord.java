package io.culvert.dedupe.manifest;

/** One record of a manifest: an entry, or extents of the file entry before it. */
public sealed interface ManifestRecord permits Entry, Extents {}
