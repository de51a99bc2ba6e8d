package io.culvert.siteconfig.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** nft lists what follows each other as one network or range, and so must what it is compared with. */
final class AddressRangesTest {

    private static List<String> merged(String... values) {
        return AddressRanges.merged(List.of(values));
    }

    @Test
    void whatFollowsEachOtherIsOneRangeHoweverItIsWritten() {
        assertThat(merged("10.1.0.0/24", "192.0.2.10", "192.0.2.11")).isEqualTo(merged("192.0.2.10/31", "10.1.0.0/24"));
        assertThat(merged("10.2.1.0/24", "10.2.0.0/24")).isEqualTo(merged("10.2.0.0/23"));
        assertThat(merged("192.0.2.1", "192.0.2.2", "192.0.2.3")).isEqualTo(merged("192.0.2.1-192.0.2.3"));
        assertThat(merged("2001:db8::1", "2001:db8::0")).isEqualTo(merged("2001:db8::/127"));
        assertThat(merged("10.0.0.0/8", "10.1.2.3")).isEqualTo(merged("10.0.0.0/8"));
        assertThat(merged("255.255.255.255", "0.0.0.0")).hasSize(2);
    }

    @Test
    void whatIsNotTheSameStaysApart() {
        assertThat(merged("192.0.2.10", "192.0.2.12")).hasSize(2).isNotEqualTo(merged("192.0.2.10", "192.0.2.11"));
        assertThat(merged("::1")).isNotEqualTo(merged("0.0.0.1"));
        assertThat(merged("b", "a")).containsExactly("a", "b");
    }
}
