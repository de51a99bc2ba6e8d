/** Tests of alerts. */
@NullMarked
package io.culvert.gateway.alert;

import org.jspecify.annotations.NullMarked;
