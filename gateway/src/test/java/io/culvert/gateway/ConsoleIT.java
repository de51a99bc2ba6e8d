package io.culvert.gateway;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.SameSiteAttribute;
import io.culvert.gateway.testing.Browser;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import io.culvert.gateway.testing.Waiting;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The console of a real gateway in a real browser. */
@Waiting
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ConsoleIT {

    @RegisterExtension
    private static final Browser BROWSER = new Browser();

    @RegisterExtension
    private static final TwoSites SITES = new TwoSites(new Workshop());

    @BeforeAll
    static void start() throws Exception {
        SITES.far().settings("datasets: {dump: {kind: stream, pool: main}}");
        SITES.startAndEnrol();
    }

    @AfterEach
    void pagesHadNothingToComplainOf() {
        assertThat(BROWSER.takeTroubles()).isEmpty();
    }

    private static String link(Site site) {
        return site.run("console").succeeded().text().lines().toList().getLast();
    }

    private static Page signedIn(String language) {
        Page page = BROWSER.person(language);
        page.navigate(link(SITES.far()));
        assertThat(page.locator("main h1")).not().hasText("Sign in");
        return page;
    }

    @Test
    @Order(1)
    void aLinkSignsOneBrowserInOnce() {
        String link = link(SITES.far());
        Page page = BROWSER.person("en-US");
        page.navigate(link);
        assertThat(page.locator("main h1")).hasText("Overview");
        assertThat(page.locator("header .brand")).containsText("far");
        assertThat(page.locator(".liveness")).hasText("Live");
        assertThat(page.locator("[data-alarm]")).hasCount(0);
        assertThat(page.url()).doesNotContain("code");
        List<Cookie> cookies = page.context().cookies();
        assertThat(cookies).singleElement().satisfies(cookie -> {
            assertThat(cookie.name).isEqualTo("__Host-culvert-far.1");
            assertThat(cookie.httpOnly).isTrue();
            assertThat(cookie.secure).isTrue();
            assertThat(cookie.sameSite).isEqualTo(SameSiteAttribute.STRICT);
            assertThat(cookie.path).isEqualTo("/");
        });
        page.reload();
        assertThat(page.locator("main h1")).hasText("Overview");
        page.context().close();

        Page second = BROWSER.person("en-US");
        second.navigate(link);
        assertThat(second.getByRole(AriaRole.ALERT)).containsText("This code is not good");
        second.context().close();
        assertThat(BROWSER.takeTroubles())
                .as("the browser itself tells of the refusal")
                .allMatch(trouble -> trouble.contains("401"));
    }

    @Test
    @Order(2)
    void theCommandSaysTheLinkToPeopleAndToScripts() throws Exception {
        JsonNode json =
                SITES.far().run("console", "--output", "json").succeeded().json();
        assertThat(json.path("url").asText()).matches("https://127\\.0\\.0\\.1:\\d+/#code=[A-Za-z0-9_-]{43}");
        assertThat(Instant.parse(json.path("expires").asText())).isAfter(Instant.now());
        Page page = BROWSER.person("en-US");
        page.navigate(json.path("url").asText().replaceAll("#.*", ""));
        page.getByRole(AriaRole.TEXTBOX).fill(link(SITES.far()));
        page.keyboard().press("Enter");
        assertThat(page.locator("main h1")).hasText("Overview");
        page.context().close();
        assertThat(BROWSER.takeTroubles()).allMatch(trouble -> trouble.contains("401"));
        assertThat(SITES.far().logText()).doesNotContain("#code", "__Host-culvert");
    }

    @Test
    @Order(3)
    void showsWhatBecomesNewWithoutBeingAsked() throws Exception {
        Page page = signedIn("ko-KR");
        assertThat(page.locator("main h1")).hasText("개요");
        page.locator("nav a[href='#/pools']").click();
        Locator snapshots = page.locator("main tbody td").nth(5);
        assertThat(snapshots).hasText("0");
        String label = "<b onclick=alert(1)>nightly</b>";
        SITES.far()
                .run(
                        new ByteArrayInputStream("a dump".getBytes(StandardCharsets.UTF_8)),
                        "ingest",
                        "dump",
                        "--label",
                        label)
                .succeeded();
        assertThat(snapshots).hasText("1");
        page.locator("nav a[href='#/snapshots']").click();
        assertThat(page.locator("main tbody")).containsText(label);
        assertThat(page.locator("main b")).hasCount(0);
        page.context().close();
    }

    @Test
    @Order(4)
    void showsTheVerdictOfAPeerThatIsAway() throws Exception {
        Page page = signedIn("en-US");
        SITES.near().stop();
        Locator alarm = page.locator("[data-alarm='peer:near']");
        assertThat(alarm).containsText("peer near is not connected");
        assertThat(alarm.locator("[data-verdict=service-down] h3"))
                .hasText("service-down the host answers, the service does not run");
        assertThat(alarm.locator(".evidence li")).not().hasCount(0);
        page.locator("nav a[href='#/peers']").click();
        assertThat(page.locator("[data-peer=near] [data-verdict=service-down]")).isVisible();
        SITES.near().start();
        assertThat(page.locator("[data-peer=near] .state")).hasText("✓up");
        assertThat(page.locator("[data-peer=near] [data-verdict]")).hasCount(0);
        page.context().close();
    }

    @Test
    @Order(5)
    void signingOutEndsTheSession() {
        Page page = signedIn("en-US");
        Page other = page.context().newPage();
        other.navigate(page.url());
        assertThat(other.locator(".liveness")).hasText("Live");
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Sign out"))
                .click();
        assertThat(page.locator("main")).containsText("You are signed out.");
        assertThat(page.context().cookies()).isEmpty();
        assertThat(other.locator("main")).containsText("The session has ended.");
        page.context().close();
    }

    @Test
    @Order(6)
    void aGatewayThatIsRestartedHasNoSessionsAndSaysSo() throws Exception {
        Page page = signedIn("en-US");
        SITES.far().stop();
        assertThat(page.locator(".liveness.lost")).containsText("not live");
        assertThat(page.locator("main h1")).hasText("Overview");
        SITES.far().start();
        assertThat(page.locator("main")).containsText("The session has ended.");
        page.context().close();
        assertThat(BROWSER.takeTroubles())
                .as("the browser itself tells of what is refused")
                .allMatch(trouble -> trouble.contains("401") || trouble.contains("ERR_"));
    }
}
