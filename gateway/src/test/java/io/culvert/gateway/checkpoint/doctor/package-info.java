/** The doctor of the site's etcd: what it says of made-up clusters, and of a real one that is killed, filled and defragmented. */
@NullMarked
package io.culvert.gateway.checkpoint.doctor;

import org.jspecify.annotations.NullMarked;
