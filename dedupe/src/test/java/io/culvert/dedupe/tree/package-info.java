/** Trees made at random or with malice, scanned and restored. */
@NullMarked
package io.culvert.dedupe.tree;

import org.jspecify.annotations.NullMarked;
