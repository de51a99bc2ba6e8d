/**
 * Rule templates: the rules that firewalls and intrusion-prevention systems between the sites need, as text for each product.
 *
 * <p>{@link io.culvert.siteconfig.rules.RulePlanner} makes a {@link io.culvert.siteconfig.rules.RulePlan} out of the site file, of what
 * enrolment settled, and of addresses: for each peer the one flow in the direction that dials, and what must not cross beside it. Each
 * {@link io.culvert.siteconfig.rules.RuleFormat} writes that plan down for one product, and has one rule for what it puts in quotes or behind a
 * comment sign. The plan's texts (the reason, where the site file is, where an address comes from) may hold anything: no template
 * relies on what the site file allows. Names of sites and zones have their narrow alphabets. Nothing here touches a clock, a file, or the
 * network; names are looked up by what the caller gives.
 */
@NullMarked
package io.culvert.siteconfig.rules;

import org.jspecify.annotations.NullMarked;
