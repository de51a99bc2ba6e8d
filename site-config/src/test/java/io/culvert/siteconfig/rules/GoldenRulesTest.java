package io.culvert.siteconfig.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each format byte by byte, rules and removal; {@code -Dculvert.golden=write} writes the files anew, to be looked at.
 *
 * <p>The files below {@code src/test/golden} are what the tests of {@code gateway} give to real programs as well.
 */
final class GoldenRulesTest {
    private static final Path GOLDEN = Path.of("src/test/golden/rules");

    record Case(RuleFormat format, Language language, boolean isRemoval, boolean isDiscovered) {
        Path file() {
            return GOLDEN.resolve(format.word()
                    + (language == Language.KO ? ".ko" : "")
                    + (isRemoval ? ".remove" : "")
                    + (isDiscovered ? ".discovered" : ""));
        }

        RulePlan plan() throws Exception {
            return isDiscovered ? Plans.discovered() : Plans.golden();
        }

        String rendered(RulePlan plan) {
            return isRemoval ? format.removal(plan, language) : format.rules(plan, language);
        }

        @Override
        public String toString() {
            return file().getFileName().toString();
        }
    }

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (RuleFormat format : RuleFormat.values()) {
            cases.add(new Case(format, Language.EN, false, false));
            cases.add(new Case(format, Language.EN, true, false));
        }
        cases.add(new Case(RuleFormat.FORM, Language.KO, false, false));
        cases.add(new Case(RuleFormat.FORM, Language.KO, true, false));
        return cases;
    }

    /** Those too whose addresses are as a gateway tells, where not all are known. */
    static List<Case> files() {
        List<Case> files = new ArrayList<>(cases());
        for (RuleFormat format : List.of(RuleFormat.NFTABLES, RuleFormat.SRX, RuleFormat.CSV, RuleFormat.FORM)) {
            files.add(new Case(format, Language.EN, false, true));
        }
        files.add(new Case(RuleFormat.FORM, Language.KO, false, true));
        return files;
    }

    @ParameterizedTest
    @MethodSource("files")
    void isAsWrittenDown(Case golden) throws Exception {
        String rendered = golden.rendered(golden.plan());
        if ("write".equals(System.getProperty("culvert.golden"))) {
            Files.createDirectories(GOLDEN);
            Files.writeString(golden.file(), rendered);
        }
        assertThat(rendered).isEqualTo(Files.readString(golden.file()));
    }

    @Test
    void thereIsNoFileWithoutAFormat() throws Exception {
        try (var files = Files.list(GOLDEN)) {
            assertThat(files)
                    .containsExactlyInAnyOrderElementsOf(
                            files().stream().map(Case::file).toList());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aSiteOfIpv6OnlyAndOneOfIpv4OnlyHaveRulesOfTheirFamilyAlone(Case golden) throws Exception {
        RulePlan plan = Plans.golden();
        for (Family family : Family.values()) {
            RulePlan one = Plans.ofFamily(plan, family);
            String rendered = golden.rendered(one);
            String other = family == Family.IPV4 ? "2001:db8" : "192.0.2.";
            assertThat(rendered).doesNotContain(other).endsWith("\n");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = RuleFormat.class,
            names = {"ASA", "SRX", "FORTIGATE", "PANOS", "CHECKPOINT"})
    void removingOnePeerLeavesWhatTheRulesOfOthersName(RuleFormat format) throws Exception {
        String removed = format.removal(Plans.plan(Set.of(Plans.BUSAN)), Language.EN);
        assertThat(removed)
                .contains("culvert-busan-v4")
                .doesNotContainPattern(
                        "(?m)^(gone|delete|no object-group|    delete)\\b.*culvert-(ports|8443|net-seoul|tcp-)");
    }
}
