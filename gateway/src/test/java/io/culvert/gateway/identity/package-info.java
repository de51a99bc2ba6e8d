/** Tests of trust: every refusal by its name on both sides, enrolment, renewal, hostile files. */
@NullMarked
package io.culvert.gateway.identity;

import org.jspecify.annotations.NullMarked;
