/**
 * What a person may ask of this site: the operations, and the records that answer them.
 *
 * <p>{@link io.culvert.gateway.admin.SiteOperations} is implemented by the composition root, served as JSON by
 * {@code admin.http} and called by {@code cli}. The records are the JSON: component names are the keys, sizes are
 * bytes, times are ISO-8601 UTC, an empty {@code Optional} is {@code null}. A component may be added, never renamed.
 */
@NullMarked
package io.culvert.gateway.admin;

import org.jspecify.annotations.NullMarked;
