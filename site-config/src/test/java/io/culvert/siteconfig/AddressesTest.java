package io.culvert.siteconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressesTest {
    @ParameterizedTest
    @CsvSource({
        "gw.seoul.example:8443, gw.seoul.example, 8443",
        "localhost:1, localhost, 1",
        "10.0.0.1:65535, 10.0.0.1, 65535",
        "[::1]:8443, ::1, 8443",
        "[2001:db8::1]:443, 2001:db8::1, 443",
        "gw_1:8443, gw_1, 8443",
        "a.:80, a., 80"
    })
    void readsHostAndPortAndWritesThemBack(String text, String host, int port) {
        assertThat(HostPort.parse(text)).isEqualTo(new HostPort(host, port)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":8443",
                "gw",
                "gw:",
                "gw:0",
                "gw:65536",
                "gw:-1",
                "gw:+1",
                "gw:8443 ",
                "gw :8443",
                "::1:8443",
                "[::1]",
                "[gw]:8443",
                "[10.0.0.1:8443",
                "10.0.0:8443",
                "10.0.0.256:8443",
                "1:8443",
                "010.0.0.1:8443",
                "-gw:8443",
                "gw-:8443",
                "g..w:8443",
                "https://gw:8443",
                "gw:8443/x",
                "서울:8443",
                "[fe80::1%eth0]:8443",
                "gw:99999999999"
            })
    void refusesWhatIsNoHostAndPort(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> HostPort.parse(text));
    }

    @Test
    void refusesNamesLongerThanDnsAllows() {
        String label = "a".repeat(63);
        String longest = String.join(".", label, label, label, "a".repeat(61));

        assertThat(HostPort.parse(longest + ":1").host()).hasSize(253);
        assertThatIllegalArgumentException().isThrownBy(() -> HostPort.parse(longest + "a:1"));
        assertThatIllegalArgumentException().isThrownBy(() -> HostPort.parse("a" + label + ":1"));
    }

    @Test
    void knowsWhichListenersMeet() {
        HostPort all = HostPort.parse("0.0.0.0:8443");

        assertThat(all.isWildcard()).isTrue();
        assertThat(all.overlaps(HostPort.parse("127.0.0.1:8443"))).isTrue();
        assertThat(all.overlaps(HostPort.parse("127.0.0.1:9443"))).isFalse();
        assertThat(HostPort.parse("10.0.0.1:1").overlaps(HostPort.parse("10.0.0.2:1")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "seoul", "site-1", "a123456789012345678901234567890"})
    void takesSiteNames(String name) {
        assertThat(new SiteName(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "Seoul", "1a", "-a", "a_b", "a.b", "서울", "a b", "a1234567890123456789012345678901", "a\n"})
    void refusesOtherSiteNames(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> new SiteName(name));
    }

    @ParameterizedTest
    @CsvSource({"2049, 2049, 2049", "28001-28010, 28001, 28010", "1-65535, 1, 65535"})
    void readsPortRanges(String text, int first, int last) {
        assertThat(PortRange.parse(text)).isEqualTo(new PortRange(first, last)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "65536", "2-1", "1-", "-1", "1-2-3", "http", "1 - 2"})
    void refusesOtherPortRanges(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> PortRange.parse(text));
    }

    @ParameterizedTest
    @CsvSource({
        "quotta, quota",
        "statedir, stateDir",
        "state_dir, stateDir",
        "state-dir, stateDir",
        "retension, retention",
        "uqota, quota"
    })
    void guessesTheKeyThatWasMeant(String written, String meant) {
        assertThat(Suggestion.nearest(written, List.of("quota", "stateDir", "retention", "path")))
                .contains(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"colour", "x", "", "aVeryLongWordThatNobodyCouldHaveMeantAsAKeyOfThisFile"})
    void guessesNothingFarOff(String written) {
        assertThat(Suggestion.nearest(written, List.of("quota", "stateDir", "retention", "path")))
                .isEmpty();
    }
}
