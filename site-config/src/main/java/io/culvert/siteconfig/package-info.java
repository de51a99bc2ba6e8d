/**
 * The site file: {@code site.yaml} as one immutable tree of records, read whole or refused whole.
 *
 * <p>The way in is {@link io.culvert.siteconfig.SiteConfigLoader}. It reads the text into {@code YamlNode}s that know
 * their line and column, decodes them into records while it collects every problem, checks what the parts say of each
 * other ({@code Crosscheck}), and then returns a {@link io.culvert.siteconfig.SiteConfig} or throws a
 * {@link io.culvert.siteconfig.ConfigException} with all problems in the order of the file. Nothing here touches a
 * clock, a network or any file but the site file itself: whether a pool's directory exists, a peer is enrolled or a
 * certificate is readable is found out when the gateway uses it.
 *
 * <p>What may be left out and has no default is an {@link java.util.Optional} component; what has a default always
 * has a value.
 */
@NullMarked
package io.culvert.siteconfig;

import org.jspecify.annotations.NullMarked;
