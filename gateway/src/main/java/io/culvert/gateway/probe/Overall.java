package io.culvert.gateway.probe;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Says from the findings at each address of a host what holds for the host: a pure function. The verdict is that of the worst address. */
final class Overall {

    /** What was found at one address. */
    record Part(String address, Finding finding) {

        boolean works() {
            return finding.verdict() == Verdict.OK;
        }

        /** By how early on the way it is blocked, which is the verdicts' order but for a way that is only slow; of the same the more certain one. */
        static Comparator<Part> worstFirst() {
            return Comparator.<Part, Boolean>comparing(Part::works)
                    .thenComparing(part -> part.finding().verdict() == Verdict.SLOW_PATH)
                    .thenComparing(part -> part.finding().verdict())
                    .thenComparing(part -> part.finding().confidence());
        }
    }

    private Overall() {}

    /**
     * Joins.
     *
     * @param host as it was named
     * @param parts at least one
     * @param leftOut sentences about addresses that were not tried
     */
    static Finding of(String host, List<Part> parts, List<String> leftOut) {
        Part worst = parts.stream().min(Part.worstFirst()).orElseThrow();
        Finding finding = worst.finding();
        List<String> evidence = new ArrayList<>();
        if (parts.size() == 1) {
            evidence.addAll(finding.evidence());
        } else if (worst.works()) {
            ofHealth(parts, evidence);
        } else {
            ofTrouble(host, worst, parts, evidence);
        }
        evidence.addAll(leftOut);
        return new Finding(
                finding.verdict(),
                worst.works() ? leastCertain(parts) : finding.confidence(),
                evidence,
                finding.ask(),
                finding.rule(),
                finding.quarantineSeconds());
    }

    private static Confidence leastCertain(List<Part> parts) {
        return parts.stream()
                .map(part -> part.finding().confidence())
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static void ofTrouble(String host, Part worst, List<Part> parts, List<String> evidence) {
        worst.finding().evidence().forEach(sentence -> evidence.add(worst.address() + ": " + sentence));
        List<String> working =
                parts.stream().filter(Part::works).map(Part::address).toList();
        evidence.add(
                working.isEmpty()
                        ? "none of the " + parts.size() + " addresses of " + host + " is free of trouble"
                        : String.join(", ", working) + (working.size() == 1 ? " works" : " work") + ", of the "
                                + parts.size() + " addresses that were tried of " + host);
        parts.stream()
                .filter(part -> part != worst && !part.works())
                .forEach(part -> evidence.add("also " + part.address() + ": "
                        + part.finding().verdict().word() + ": "
                        + part.finding().evidence().getFirst()));
    }

    private static void ofHealth(List<Part> parts, List<String> evidence) {
        evidence.add("all " + parts.size() + " addresses work: "
                + String.join(", ", parts.stream().map(Part::address).toList()));
        evidence.addAll(parts.getFirst().finding().evidence());
        parts.stream()
                .skip(1)
                .forEach(part -> part.finding().evidence().stream()
                        .filter(sentence -> !evidence.contains(sentence))
                        .forEach(sentence -> evidence.add(part.address() + ": " + sentence)));
    }
}
