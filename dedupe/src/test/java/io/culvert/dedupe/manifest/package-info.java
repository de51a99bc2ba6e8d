/** Tests of manifests: what was written is read back, small changes stay small, and nothing hostile passes. */
@NullMarked
package io.culvert.dedupe.manifest;

import org.jspecify.annotations.NullMarked;
