/**
 * The receiving end of a restore: a restore stream becomes files, a tar or bytes, in the process of the user who asked
 * for it and with that user's rights only. What the stream says is checked, never trusted.
 */
@NullMarked
package io.culvert.gateway.restore;

import org.jspecify.annotations.NullMarked;
