package io.culvert.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.siteconfig.SiteConfig;
import io.culvert.siteconfig.SiteConfigLoader;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AddressAdviceTest {

    private static SiteConfig site(Path directory) throws Exception {
        return SiteConfigLoader.load(Files.writeString(directory.resolve("site.yaml"), """
                site: seoul
                appliances:
                  dd-busan: {kind: datadomain, peer: busan, address: 10.99.0.5}
                  ave-busan: {kind: avamar, peer: busan, address: 10.99.0.6}
                  six: {kind: nfs, peer: busan, address: "2001:db8::5:1"}
                  here: {kind: nfs, peer: busan, address: 127.0.0.1}
                  own: {kind: nfs, target: 10.99.0.9}
                """));
    }

    @Test
    void namesEachAddressThatIsMissingAndTheCommandsThatGiveIt(@TempDir Path directory) throws Exception {
        assertThat(AddressAdvice.lines(site(directory), InetAddress::isLoopbackAddress))
                .containsExactly(
                        "this host has not the virtual address 10.99.0.6 of ave-busan",
                        "this host has not the virtual address 10.99.0.5 of dd-busan",
                        "this host has not the virtual address 2001:db8:0:0:0:0:5:1 of six",
                        "either give it each one, until the next boot:",
                        "    ip addr add 10.99.0.6/32 dev lo",
                        "    ip addr add 10.99.0.5/32 dev lo",
                        "    ip -6 addr add 2001:db8:0:0:0:0:5:1/128 dev lo",
                        "or whole networks, which routers then send to it:",
                        "    ip route add local 10.99.0.0/24 dev lo",
                        "    ip -6 route add local 2001:db8:0:0:0:0:0:0/64 dev lo");
    }

    @Test
    void saysNothingIfNoneIsMissing(@TempDir Path directory) throws Exception {
        assertThat(AddressAdvice.lines(site(directory), address -> true)).isEmpty();
        assertThat(AddressAdvice.isHere(InetAddress.ofLiteral("127.0.0.77"))).isTrue();
        assertThat(AddressAdvice.isHere(InetAddress.ofLiteral("192.0.2.1"))).isFalse();
    }
}
