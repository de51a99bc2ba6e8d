/** Tests of the site file: samples that load, samples that fail as stated, fuzzing; and of the files in systemd/. */
@NullMarked
package io.culvert.siteconfig;

import org.jspecify.annotations.NullMarked;
