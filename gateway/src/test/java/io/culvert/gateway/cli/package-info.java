@NullMarked
package io.culvert.gateway.cli;

import org.jspecify.annotations.NullMarked;
