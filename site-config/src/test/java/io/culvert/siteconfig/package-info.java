@NullMarked
package io.culvert.siteconfig;

import org.jspecify.annotations.NullMarked;
