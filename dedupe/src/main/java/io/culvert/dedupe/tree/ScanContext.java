package io.culvert.dedupe.tree;

import java.time.InstantSource;

/** What the entries of one scan share. */
record ScanContext(Posix posix, PosixAttributes attributes, OwnerNames owners, InstantSource clock) {}
