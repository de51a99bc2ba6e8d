/** Tests of rule templates. */
@NullMarked
package io.culvert.siteconfig.rules;

import org.jspecify.annotations.NullMarked;
