package io.culvert.gateway.probe;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Says from the findings at each address of a host what holds for the host: a pure function. The verdict is that of the worst address. */
final class Overall {

    /** What was found at one address. @param gaps what that cannot rest on */
    record Part(String address, Finding finding, Facts.Gaps gaps) {

        boolean isFree() {
            return finding.verdict() == Verdict.OK;
        }

        private String label() {
            return address.isEmpty() ? "" : address + ": ";
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

    /**
     * What holds for the host whichever its address.
     *
     * @param finding of the peer's own word, or of what its stream carries
     * @param doubts sentences
     */
    record Common(Optional<Finding> finding, List<String> doubts) {
        Common {
            doubts = List.copyOf(doubts);
        }
    }

    private Overall() {}

    /**
     * Joins. What is asked for at each address that is not free is asked for, the worst one first.
     *
     * @param host as it was named
     * @param parts at least one
     * @param leftOut sentences about addresses that were not tried
     */
    static Finding of(String host, List<Part> parts, Common common, List<String> leftOut) {
        List<Part> all = new ArrayList<>(parts);
        common.finding().ifPresent(finding -> all.add(new Part("", finding, new Facts.Gaps(List.of(), List.of()))));
        List<Part> worstFirst = all.stream().sorted(Part.worstFirst()).toList();
        Part worst = worstFirst.getFirst();
        Finding finding = worst.finding();
        List<String> evidence = new ArrayList<>();
        if (all.size() == 1) {
            evidence.addAll(finding.evidence());
        } else if (worst.isFree()) {
            ofHealth(parts, evidence);
        } else {
            ofTrouble(host, worst, all, evidence);
        }
        evidence.addAll(common.doubts());
        evidence.addAll(leftOut);
        boolean doubtful = worst.isFree() && !common.doubts().isEmpty();
        return new Finding(
                finding.verdict(),
                doubtful ? atMostMedium(leastCertain(parts)) : confidence(worst, parts),
                evidence,
                joined(worstFirst, Finding::ask, ". "),
                joined(worstFirst, Finding::rule, "\n"),
                worstFirst.stream()
                        .map(part -> part.finding().quarantineSeconds())
                        .filter(OptionalDouble::isPresent)
                        .findFirst()
                        .orElse(OptionalDouble.empty()));
    }

    private static String joined(List<Part> worstFirst, Function<Finding, String> what, String between) {
        return worstFirst.stream()
                .filter(part -> !part.isFree())
                .map(part -> what.apply(part.finding()))
                .filter(text -> !text.isEmpty())
                .distinct()
                .collect(Collectors.joining(between));
    }

    private static Confidence atMostMedium(Confidence confidence) {
        return confidence == Confidence.HIGH ? Confidence.MEDIUM : confidence;
    }

    private static Confidence leastCertain(List<Part> parts) {
        return parts.stream()
                .map(part -> part.finding().confidence())
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** Another address that there was no time for may be worse. */
    private static Confidence confidence(Part worst, List<Part> parts) {
        boolean whole = parts.stream().allMatch(part -> part.gaps().cut().isEmpty());
        Confidence own = worst.isFree() ? leastCertain(parts) : worst.finding().confidence();
        return whole ? own : atMostMedium(own);
    }

    /** @param all the addresses, and at the end what holds for each of them, if that is any trouble */
    private static void ofTrouble(String host, Part worst, List<Part> all, List<String> evidence) {
        List<Part> parts =
                all.stream().filter(part -> !part.address().isEmpty()).toList();
        worst.finding().evidence().forEach(sentence -> evidence.add(worst.label() + sentence));
        List<String> working =
                parts.stream().filter(Part::works).map(Part::address).toList();
        List<String> unsure = parts.stream()
                .filter(part -> part.isFree() && !part.works())
                .map(Part::unsure)
                .toList();
        if (!working.isEmpty()) {
            evidence.add(String.join(", ", working) + (working.size() == 1 ? " works" : " work") + ", of the "
                    + parts.size() + " addresses that were tried of " + host);
        } else if (unsure.isEmpty()) {
            evidence.add("none of the " + parts.size() + " addresses of " + host + " is free of trouble");
        }
        evidence.addAll(unsure);
        all.stream()
                .filter(part -> part != worst && !part.isFree())
                .forEach(part -> evidence.add("also " + part.label()
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
