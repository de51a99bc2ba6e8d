package io.culvert.gateway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/**
 * A real Chromium, Debian's, without a window and with a new profile, driven by Playwright; a JUnit extension of a test class. Where
 * Chromium or node cannot be had the class is reported as skipped. For one thread.
 */
public final class Browser implements BeforeAllCallback, AfterAllCallback {
    private static final double PATIENCE_MILLIS = Site.PATIENCE.toMillis();
    private static final int LEAST_NODE = 20;
    private static final List<String> FLAGS = List.of(
            "--no-sandbox", // it has none as root
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run");

    private final List<String> troubles = new ArrayList<>();
    private @Nullable Playwright playwright;
    private com.microsoft.playwright.@Nullable Browser chromium;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        Path node = DebianPackage.require("nodejs", "node");
        requireNewEnough(node);
        Path program = DebianPackage.require("chromium", "chromium");
        DebianPackage.requireFile("fonts-noto-cjk", Path.of("/usr/share/fonts/opentype/noto"));
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
        Playwright driver = Playwright.create(new Playwright.CreateOptions()
                .setEnv(Map.of("PLAYWRIGHT_NODEJS_PATH", node.toString(), "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        playwright = driver;
        chromium = driver.chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(program)
                        .setArgs(FLAGS));
    }

    /** Playwright's driver says that it needs 20; Debian 12's own is 18. */
    private static void requireNewEnough(Path node) throws IOException {
        Process asked = new ProcessBuilder(node.toString(), "--version").start();
        String version = new String(asked.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        Matcher major = Pattern.compile("v(\\d+)\\..*").matcher(version);
        if (!major.matches() || Integer.parseInt(major.group(1)) < LEAST_NODE) {
            throw new TestAbortedException(
                    "skipped: needs node " + LEAST_NODE + " or later, " + node + " is " + version);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (playwright != null) {
            playwright.close();
        }
    }

    /** A browser of somebody who was never here, with this language, and a page in it. */
    public Page person(String language) {
        return person(new com.microsoft.playwright.Browser.NewContextOptions().setLocale(language));
    }

    /** The same, with more of its own. */
    public Page person(com.microsoft.playwright.Browser.NewContextOptions options) {
        BrowserContext context = Objects.requireNonNull(chromium).newContext(options.setIgnoreHTTPSErrors(true));
        context.setDefaultTimeout(PATIENCE_MILLIS);
        Page page = context.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                troubles.add(message.text());
            }
        });
        page.onPageError(troubles::add);
        return page;
    }

    /** What pages complained of so far, such as of their content security policy; they are forgotten. */
    public List<String> takeTroubles() {
        List<String> taken = List.copyOf(troubles);
        troubles.clear();
        return taken;
    }

    /** What axe-core finds wrong for who cannot see or use a mouse: WCAG 2.2, levels A and AA. */
    public static void assertAccessible(Page page) throws IOException {
        String axe;
        try (InputStream in = Objects.requireNonNull(Browser.class.getResourceAsStream("/axe.min.js"))) {
            axe = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        page.evaluate(axe);
        Object violations = page.evaluate("""
                async () => {
                  const found = await axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']});
                  return (found.passes.length > 0 ? found.violations : [{id: 'axe', help: 'looked at nothing', nodes: []}])
                    .map(v => v.id + ': ' + v.help + ' ' + v.nodes.map(n => n.html + ' ' + n.failureSummary).join(' | '));
                }""");
        assertThat((List<?>) violations).as(page.url()).isEmpty();
    }
}
