@NullMarked
package io.culvert.proto;

import org.jspecify.annotations.NullMarked;
