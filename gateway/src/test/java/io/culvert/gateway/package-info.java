/** Tests of the gateway as a whole, and of who may know whom. */
@NullMarked
package io.culvert.gateway;

import org.jspecify.annotations.NullMarked;
