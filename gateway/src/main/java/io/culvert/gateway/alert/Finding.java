package io.culvert.gateway.alert;

import java.util.List;

/**
 * What a probe found of a path that does not work.
 *
 * @param verdict a word of the contract, such as {@code firewall-drop}
 * @param layer that blocks
 * @param confidence high, medium or low
 * @param evidence sentences, the one that decides first
 * @param ask what to ask of whom; empty if nothing
 * @param rule to add; empty if none would help
 */
public record Finding(String verdict, String layer, String confidence, List<String> evidence, String ask, String rule) {
    /** Cleans what may hold words of strangers, line by line. */
    public Finding {
        verdict = AlertText.line(verdict);
        layer = AlertText.line(layer);
        confidence = AlertText.line(confidence);
        evidence = evidence.stream().map(AlertText::line).toList();
        ask = AlertText.line(ask);
        rule = String.join("\n", rule.lines().map(AlertText::line).toList());
    }
}
