package io.culvert.gateway.probe;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Says from the findings at each address of a host what holds for the host: a pure function. The verdict is that of the worst address. */
final class Overall {

    /** What was found at one address. @param gaps what that cannot rest on */
    record Part(String address, Finding finding, Facts.Gaps gaps) {

        boolean isFree() {
            return finding.verdict() == Verdict.OK;
        }

        /** Free, and all of it was tried. */
        boolean works() {
            return isFree() && gaps.isNone();
        }

        /** A sentence about one that is free, and not surely so. */
        private String unsure() {
            List<String> all = new ArrayList<>(gaps.doubts());
            if (!gaps.cut().isEmpty()) {
                all.add("not tested, for want of time: " + String.join(", ", gaps.cut()));
            }
            return address + ": nothing found, but " + String.join("; ", all);
        }

        /** By how early on the way it is blocked, which is the verdicts' order but for a way that is only slow; of the same the more certain one. */
        static Comparator<Part> worstFirst() {
            return Comparator.<Part, Boolean>comparing(Part::isFree)
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
        } else if (worst.isFree()) {
            ofHealth(parts, evidence);
        } else {
            ofTrouble(host, worst, parts, evidence);
        }
        evidence.addAll(leftOut);
        return new Finding(
                finding.verdict(),
                worst.isFree() ? leastCertain(parts) : confidence(finding, parts),
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

    /** Another address that there was no time for may be worse. */
    private static Confidence confidence(Finding finding, List<Part> parts) {
        boolean whole = parts.stream().allMatch(part -> part.gaps().cut().isEmpty());
        return whole || finding.confidence() != Confidence.HIGH ? finding.confidence() : Confidence.MEDIUM;
    }

    private static void ofTrouble(String host, Part worst, List<Part> parts, List<String> evidence) {
        worst.finding().evidence().forEach(sentence -> evidence.add(worst.address() + ": " + sentence));
        List<String> working =
                parts.stream().filter(Part::works).map(Part::address).toList();
        List<String> unsure = parts.stream()
                .filter(part -> part.isFree() && !part.works())
                .map(Part::unsure)
                .toList();
        if (unsure.isEmpty() || !working.isEmpty()) {
            evidence.add(
                working.isEmpty()
                        ? "none of the " + parts.size() + " addresses of " + host + " is free of trouble"
                        : String.join(", ", working) + (working.size() == 1 ? " works" : " work") + ", of the "
                                + parts.size() + " addresses that were tried of " + host);
        }
        evidence.addAll(unsure);
        parts.stream()
                .filter(part -> part != worst && !part.isFree())
                .forEach(part -> evidence.add("also " + part.address() + ": "
                        + part.finding().verdict().word() + ": "
                        + part.finding().evidence().getFirst()));
    }

    private static void ofHealth(List<Part> parts, List<String> evidence) {
        boolean work = parts.stream().allMatch(Part::works);
        evidence.add((work ? "all " + parts.size() + " addresses work: " : "nothing was found at any address: ")
                + String.join(", ", parts.stream().map(Part::address).toList()));
        evidence.addAll(parts.getFirst().finding().evidence());
        parts.stream()
                .skip(1)
                .forEach(part -> part.finding().evidence().stream()
                        .filter(sentence -> !evidence.contains(sentence))
                        .forEach(sentence -> evidence.add(part.address() + ": " + sentence)));
    }
}
