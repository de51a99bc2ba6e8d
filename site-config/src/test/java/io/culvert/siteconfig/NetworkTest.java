package io.culvert.siteconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

final class NetworkTest {

    private static boolean contains(String network, String address) {
        return Network.parse(network).contains(InetAddress.ofLiteral(address));
    }

    @Test
    void containsWhatBeginsAsItDoes() {
        assertThat(contains("10.77.1.0/24", "10.77.1.255")).isTrue();
        assertThat(contains("10.77.1.0/24", "10.77.2.0")).isFalse();
        assertThat(contains("10.77.1.128/25", "10.77.1.127")).isFalse();
        assertThat(contains("10.1.2.3", "10.1.2.3")).isTrue();
        assertThat(contains("10.1.2.3", "10.1.2.2")).isFalse();
        assertThat(contains("0.0.0.0/0", "255.1.2.3")).isTrue();
        assertThat(contains("2001:db8::/33", "2001:db8:7fff::1")).isTrue();
        assertThat(contains("2001:db8::/33", "2001:db8:8000::1")).isFalse();
        assertThat(contains("::/0", "10.1.2.3")).as("the other family").isFalse();
    }

    @Test
    void isWrittenAsItIsRead() {
        for (String text : new String[] {"10.77.1.0/24", "10.1.2.3", "0.0.0.0/0", "2001:db8:0:0:0:0:0:0/32"}) {
            assertThat(Network.parse(text)).hasToString(text);
        }
        assertThat(Network.of(InetAddress.ofLiteral("10.77.1.9"), 24)).hasToString("10.77.1.0/24");
    }

    @Test
    void refusesWhatIsNone() {
        assertThatThrownBy(() -> Network.parse("10.0.0.0/33")).hasMessageContaining("0 to 32 bits");
        assertThatThrownBy(() -> Network.parse("10.0.0.1/8")).hasMessageContaining("`10.0.0.0/8`");
        for (String text : new String[] {"", "/8", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0/8", "host/8", "10.0.0.0/-1"}) {
            assertThatThrownBy(() -> Network.parse(text)).hasMessageContaining("write an address or a network");
        }
    }
}
