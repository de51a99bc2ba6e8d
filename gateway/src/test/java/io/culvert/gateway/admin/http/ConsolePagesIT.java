package io.culvert.gateway.admin.http;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import io.culvert.gateway.admin.FakeSite;
import io.culvert.gateway.admin.RichSite;
import io.culvert.gateway.admin.SiteOperations;
import io.culvert.gateway.admin.client.GatewayClient;
import io.culvert.gateway.testing.Await;
import io.culvert.gateway.testing.Browser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every page of the console in a real browser, of a site in memory where much is wrong. {@code -Dculvert.screenshots=DIR} keeps
 * pictures of them.
 */
final class ConsolePagesIT {
    private static final List<String> PAGES = List.of(
            "overview", "peers", "datasets", "jobs", "snapshots", "pools", "appliances", "gateways", "checkpoints");

    @RegisterExtension
    private static final Browser BROWSER = new Browser();

    @TempDir
    private Path directory;

    @AfterEach
    void pagesHadNothingToComplainOf() {
        assertThat(BROWSER.takeTroubles()).isEmpty();
    }

    private static void enter(Page page, ServedConsole console) throws Exception {
        String url = new GatewayClient(console.socket()).consoleLink().url();
        page.navigate(url);
        assertThat(page.locator(".liveness.live")).isVisible();
    }

    private static void open(Page page, String id) {
        page.locator("nav a[href='#/" + id + "']").click();
        assertThat(page.locator("nav a[aria-current=page]")).hasAttribute("href", "#/" + id);
        assertThat(page.locator("main .loading")).hasCount(0);
    }

    @ParameterizedTest
    @CsvSource({"en, LIGHT, 1280", "ko, DARK, 1280", "ko, LIGHT, 380"})
    void everyPageIsUsableByEverybody(String language, ColorScheme colours, int width) throws Exception {
        try (ServedConsole console = new ServedConsole(directory, RichSite.saying(UnaryOperator.identity()))) {
            Page page = BROWSER.person(new NewContextOptions()
                    .setLocale(language)
                    .setColorScheme(colours)
                    .setViewportSize(width, 800));
            page.navigate(console.address());
            assertThat(page.locator(".gate h1")).isVisible();
            picture(page, "gate", language, colours, width);
            Browser.assertAccessible(page);
            BROWSER.takeTroubles(); // the browser tells of the 401 for which the sign-in is shown
            enter(page, console);
            for (String id : PAGES) {
                open(page, id);
                Browser.assertAccessible(page);
                assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
                        .as("%s does not scroll sideways", id)
                        .isLessThanOrEqualTo(width);
                picture(page, id, language, colours, width);
            }
            page.context().close();
        }
    }

    private static void picture(Page page, String id, String language, ColorScheme colours, int width)
            throws Exception {
        String wanted = System.getProperty("culvert.screenshots");
        if (wanted != null) {
            Path file = Files.createDirectories(Path.of(wanted))
                    .resolve(id + "-" + language + "-" + colours + "-" + width + ".png");
            page.screenshot(new Page.ScreenshotOptions().setPath(file).setFullPage(true));
        }
    }

    @Test
    void whateverASiteSaysStaysText() throws Exception {
        String evil = "<img src=x onerror=\"document.title='caught'\"><script>document.title='caught'</script>${7*7}";
        try (ServedConsole console = new ServedConsole(directory, RichSite.saying(text -> evil + text))) {
            Page page = BROWSER.person("en");
            enter(page, console);
            for (String id : PAGES) {
                open(page, id);
                assertThat(page.locator("main img, main script")).hasCount(0);
                assertThat(page).not().hasTitle("caught");
            }
            open(page, "peers");
            assertThat(page.locator("main")).containsText(evil + "no answer from gw.busan.example:8443");
            open(page, "snapshots");
            assertThat(page.locator("main table")).containsText(evil + "nightly");
            page.context().close();
        }
    }

    @Test
    void aVerdictSaysWhatToAskOfWhomAndCopiesIt() throws Exception {
        try (ServedConsole console = new ServedConsole(directory, RichSite.saying(UnaryOperator.identity()))) {
            Page page = BROWSER.person("en");
            page.context().grantPermissions(List.of("clipboard-read", "clipboard-write"));
            enter(page, console);
            Locator card = page.locator("[data-alarm='peer:busan'] .verdict");
            assertThat(card.locator("h3")).hasText("ips-payload-drop an IPS drops the packets that carry this content");
            assertThat(card).containsText("intrusion prevention");
            assertThat(card.locator(".evidence li")).hasCount(2);
            assertThat(card).containsText("cut off from each other for 5m 12s");
            card.locator(".copyable button").last().click();
            assertThat(card.locator(".said").last()).hasText("Copied");
            assertThat(page.evaluate("navigator.clipboard.readText()").toString())
                    .isEqualTo(RichSite.probe(UnaryOperator.identity()).rule());
            card.locator("summary").click();
            assertThat(card.locator("details table tbody tr")).hasCount(2);
            page.context().close();
        }
    }

    @Test
    void snapshotsAreFoundByWhatIsTyped() throws Exception {
        try (ServedConsole console = new ServedConsole(directory, RichSite.saying(UnaryOperator.identity()))) {
            Page page = BROWSER.person("en");
            enter(page, console);
            open(page, "snapshots");
            assertThat(page.locator("tbody tr")).hasCount(2);
            page.locator("input[name=filter]").fill("VM-7");
            assertThat(page.locator("tbody tr")).hasCount(1);
            page.locator("input[name=filter]").fill("nothing like it");
            assertThat(page.locator("main")).containsText("No snapshot matches.");
            page.context().close();
        }
    }

    @Test
    void emptyAndFailedAndRefusedAreToldApart() throws Exception {
        FakeSite site = new FakeSite();
        try (ServedConsole console = new ServedConsole(directory, site)) {
            Page page = BROWSER.person("en");
            enter(page, console);
            open(page, "jobs");
            assertThat(page.locator("main")).containsText("None has ended so far.");
            answers(page, 500, "the disk is gone");
            open(page, "pools");
            open(page, "jobs");
            assertThat(page.locator("main .failed")).hasText("It could not be read: the disk is gone");
            assertThat(page.locator("main .stale")).isVisible();
            answers(page, 403, "not this one");
            open(page, "pools");
            open(page, "jobs");
            assertThat(page.locator("main .forbidden")).hasText("This session may not see this.");
            page.unroute("**/api/v1/jobs");
            open(page, "pools");
            open(page, "jobs");
            assertThat(page.locator("main .forbidden")).hasCount(0);
            BROWSER.takeTroubles(); // the browser tells of the 500 and 403 as well
            page.context().close();
        }
    }

    /** From now on jobs are refused so. */
    private static void answers(Page page, int status, String sentence) {
        page.unroute("**/api/v1/jobs");
        page.route(
                "**/api/v1/jobs",
                route -> route.fulfill(new Route.FulfillOptions()
                        .setStatus(status)
                        .setContentType(Problem.MEDIA_TYPE)
                        .setBodyBytes(Problems.json(Problem.ofStatus(status, "Refused", sentence)))));
    }

    @Test
    void updatesArePausedWhereOneCanSeeIt() throws Exception {
        FakeSite site = new FakeSite();
        try (ServedConsole console = new ServedConsole(directory, site)) {
            Page page = BROWSER.person("en");
            enter(page, console);
            Locator appliances = page.locator(".tiles a[href='#/appliances'] .figure");
            assertThat(appliances).hasText("1 of 1 up");
            page.locator("header button").first().click();
            assertThat(page.locator(".liveness.paused")).containsText("Paused, as of ");
            Await.until("the stream is closed", Duration.ofSeconds(30), () -> console.listeners() == 0);
            site.appliances = false;
            page.locator("header button").first().click();
            assertThat(page.locator(".liveness")).hasText("Live");
            assertThat(appliances).hasText("0 of 0 up");
            site.appliances = true;
            assertThat(appliances).hasText("1 of 1 up");
            page.context().close();
        }
    }

    @Test
    void allOfItIsReachedByKeys() throws Exception {
        SiteOperations site = RichSite.saying(UnaryOperator.identity());
        try (ServedConsole console = new ServedConsole(directory, site)) {
            Page page = BROWSER.person("en");
            enter(page, console);
            page.keyboard().press("Tab");
            assertThat(page.locator(":focus")).hasText("Skip to content");
            page.keyboard().press("Enter");
            assertThat(page.locator("main:focus")).hasCount(1);
            assertThat(page.locator("nav a[aria-current=page]")).hasText("Overview");
            page.locator("nav a[href='#/jobs']").focus();
            page.keyboard().press("Enter");
            assertThat(page.locator("main h1")).hasText("Jobs");
            assertThat(page.locator("main h1")).isFocused();
            page.context().close();
        }
    }

    @Test
    void languageAndColoursAreChosenAndKept() throws Exception {
        try (ServedConsole console = new ServedConsole(directory, new FakeSite())) {
            Page page = BROWSER.person("ko-KR");
            enter(page, console);
            assertThat(page.locator("main h1")).hasText("개요");
            assertThat(page.locator("html")).hasAttribute("lang", "ko");
            page.locator("select[name=language]").selectOption("en");
            assertThat(page.locator("main h1")).hasText("Overview");
            page.locator("select[name=theme]").selectOption("dark");
            page.reload();
            assertThat(page.locator("main h1")).hasText("Overview");
            assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
            assertThat(Optional.ofNullable(page.evaluate("JSON.stringify(Object.keys(localStorage).sort())")))
                    .contains("[\"culvert-language\",\"culvert-theme\"]");
            page.context().close();
        }
    }
}
