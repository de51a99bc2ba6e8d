package io.culvert.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteAuthorityTest {
    private final TestClock clock = new TestClock();
    private final SecureRandom random = new SecureRandom();

    @TempDir
    Path directory;

    @Test
    void initMakesFilesThatOnlyTheOwnerReads() throws IOException {
        SiteAuthority.init(directory, "seoul", clock, random);

        Map<String, String> modes = new HashMap<>();
        try (Stream<Path> files = Files.walk(directory.resolve("identity"))) {
            for (Path file : files.toList()) {
                modes.put(
                        directory.relativize(file).toString(),
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            }
        }
        assertThat(modes)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "identity", "rwx------",
                        "identity/authority.crt", "rw-------",
                        "identity/authority.key", "rw-------",
                        "identity/gateway.key", "rw-------",
                        "identity/invites", "rwx------"));
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).hasSize(1);
        }
    }

    @Test
    void theCaIsConstrainedAndLivesTenYears() throws Exception {
        X509Certificate ca =
                SiteAuthority.init(directory, "seoul", clock, random).certificate();

        assertThat(ca.getBasicConstraints()).isZero();
        assertThat(ca.getCriticalExtensionOIDs()).contains("2.5.29.19", "2.5.29.15", "2.5.29.30");
        assertThat(AuthorityCertificate.siteOf(ca)).isEqualTo("seoul");
        assertThat(ca.getNotAfter().toInstant()).isEqualTo(clock.instant().plus(CertificateMint.AUTHORITY_LIFE));
        ca.verify(ca.getPublicKey());
    }

    @Test
    void aSecondInitIsRefusedAndChangesNothing() throws IOException {
        String before = SiteAuthority.init(directory, "seoul", clock, random).fingerprint();

        assertThatThrownBy(() -> SiteAuthority.init(directory, "busan", clock, random))
                .isInstanceOf(IdentityExistsException.class)
                .hasMessageContaining("already holds the identity")
                .hasMessageContaining("Nothing was changed");
        assertThat(SiteAuthority.open(directory, clock, random).fingerprint()).isEqualTo(before);
    }

    @Test
    void ofTwoInitsAtOnceOneWins() throws Exception {
        for (int round = 0; round < 20; round++) {
            Path state = Files.createDirectory(directory.resolve("round" + round));
            CyclicBarrier start = new CyclicBarrier(2);
            Callable<Boolean> init = () -> {
                start.await();
                try {
                    var unused = SiteAuthority.init(state, "seoul", clock, random);
                    return true;
                } catch (IdentityExistsException e) {
                    return false;
                }
            };
            try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
                var first = executor.submit(init);
                var second = executor.submit(init);
                assertThat(List.of(first.get(), second.get())).containsExactlyInAnyOrder(true, false);
            }
            SiteAuthority.open(state, clock, random);
            try (Stream<Path> left = Files.list(state)) {
                assertThat(left).hasSize(1);
            }
        }
    }

    @Test
    void anIllegalSiteNameIsAProgrammersError() {
        assertThatThrownBy(() -> SiteAuthority.init(directory, "../x", clock, random))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[a-z][a-z0-9-]{0,30}");
    }

    @Test
    void aKeyOfAnotherCaIsFoundWhenTheIdentityIsOpened() throws IOException {
        SiteAuthority.init(directory, "seoul", clock, random);
        Path other = Files.createDirectory(directory.resolve("other"));
        SiteAuthority.init(other, "seoul", clock, random);
        Files.delete(directory.resolve("identity/authority.key"));
        Files.copy(other.resolve("identity/authority.key"), directory.resolve("identity/authority.key"));

        assertThatThrownBy(() -> SiteAuthority.open(directory, clock, random))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not the key of");
    }

    @Test
    void aStateDirectoryWithoutIdentitySaysHowToMakeOne() {
        assertThatThrownBy(() -> SiteAuthority.open(directory, clock, random)).hasMessageContaining("culvert init");
    }

    @Test
    void aLeafLivesADayAndCarriesTheIdentityThatTheCaChose() throws Exception {
        SiteAuthority.init(directory, "seoul", clock, random);
        Files.writeString(directory.resolve("identity/gateway.number"), "3\n");
        SiteAuthority authority = SiteAuthority.open(directory, clock, random);

        Leaf leaf = authority.issueLeaf(List.of("gw.seoul.example", "10.0.0.1", "::1"));

        assertThat(AuthorityCertificate.uriNames(leaf.certificate()))
                .containsExactly("spiffe://culvert/site/seoul/gw/3");
        assertThat(leaf.certificate().getSubjectAlternativeNames().toString())
                .contains("gw3.seoul.culvert.internal", "seoul.culvert.internal", "gw.seoul.example", "10.0.0.1");
        assertThat(Duration.between(clock.instant(), leaf.notAfter())).isEqualTo(Duration.ofHours(24));
        assertThat(Duration.between(leaf.notBefore(), leaf.renewAt()))
                .isEqualTo(Duration.between(leaf.notBefore(), leaf.notAfter())
                        .multipliedBy(2)
                        .dividedBy(3));
        assertThat(authority.issueLeaf(List.of()).serial()).isNotEqualTo(leaf.serial());
    }

    @Test
    void theConsolesCertificateIsForAServerAndCarriesNoIdentity() throws Exception {
        SiteAuthority authority = SiteAuthority.init(directory, "seoul", clock, random);

        AdminCertificate admin = AdminCertificate.issue(authority, List.of("localhost", "127.0.0.1"));

        X509Certificate leaf = Pem.certificate(admin.chainPem());
        assertThat(AuthorityCertificate.uriNames(leaf)).isEmpty();
        assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        leaf.verify(authority.certificate().getPublicKey());
        assertThat(admin.keyPem()).contains("BEGIN PRIVATE KEY");
        assertThat(admin.toString()).doesNotContain("KEY");
        assertThat(admin.renewAt()).isBefore(admin.notAfter());
    }
}
