package io.culvert.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.gateway.identity.Grants.PeerGrants;
import io.culvert.gateway.identity.Grants.Permission;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GrantsTest {
    private final Grants grants =
            new Grants(Map.of("busan", new PeerGrants(List.of("main"), List.of("finance"), List.of("dd-seoul"))));

    @Test
    void whatIsGrantedIsAllowed() throws GrantRefusedException {
        grants.require("busan", new Permission.Write("main"));
        grants.require("busan", new Permission.Read("finance"));
        grants.require("busan", new Permission.Connect("dd-seoul"));
    }

    @Test
    void nothingElseIsAllowed() {
        for (Permission permission : List.of(
                new Permission.Write("finance"),
                new Permission.Write("Main"),
                new Permission.Write(""),
                new Permission.Write("*"),
                new Permission.Read("main"),
                new Permission.Connect("main"))) {
            assertThat(grants.may("busan", permission))
                    .as(permission.toString())
                    .isFalse();
        }
        assertThat(grants.may("daegu", new Permission.Write("main"))).isFalse();
        assertThat(new Grants(Map.of()).may("busan", new Permission.Write("main")))
                .isFalse();
    }

    @Test
    void aRefusalNamesTheLineThatWouldAllowItAndKeepsWhatIsGranted() {
        assertThatThrownBy(() -> grants.require("busan", new Permission.Write("archive")))
                .isInstanceOf(GrantRefusedException.class)
                .hasMessage("peer busan may not write to the pool archive here; to allow it, put `busan: {write:"
                        + " [main, archive], read: [finance], connect: [dd-seoul]}` under `grants:` in site.yaml and"
                        + " reload");
    }

    @Test
    void aRefusalOfAPeerWithoutGrantsNamesTheWholeLine() {
        assertThatThrownBy(() -> grants.require("daegu", new Permission.Read("finance")))
                .hasMessageContaining("`daegu: {read: [finance]}`");
        assertThatThrownBy(() -> grants.require("daegu", new Permission.Connect("dd-seoul")))
                .hasMessageContaining("connect to the appliance dd-seoul")
                .hasMessageContaining("`daegu: {connect: [dd-seoul]}`");
    }
}
