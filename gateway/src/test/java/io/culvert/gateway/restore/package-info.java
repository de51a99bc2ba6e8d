@NullMarked
package io.culvert.gateway.restore;

import org.jspecify.annotations.NullMarked;
