package io.culvert.gateway;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.SameSiteAttribute;
import io.culvert.gateway.testing.Browser;
import io.culvert.gateway.testing.Site;
import io.culvert.gateway.testing.TwoSites;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The console of a real gateway in a real browser. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ConsoleIT {

    @RegisterExtension
    private static final Browser BROWSER = new Browser();

    @RegisterExtension
    private static final TwoSites SITES = new TwoSites(new Workshop());

    @BeforeAll
    static void start() throws Exception {
        PlaywrightAssertions.setDefaultAssertionTimeout(Site.PATIENCE.toMillis());
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
}
