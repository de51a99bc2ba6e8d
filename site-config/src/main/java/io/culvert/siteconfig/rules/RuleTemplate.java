package io.culvert.siteconfig.rules;

/** Writes a plan down for one product. */
interface RuleTemplate {
    /** The rules; loaded twice they are the same as loaded once. */
    String rules(RulePlan plan);

    /** What takes the rules of this plan away again, and nothing else. */
    String removal(RulePlan plan);
}
