package io.culvert.siteconfig.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;

/**
 * Free text breaks out of nothing: with any text in each place that has some, a file differs from one with harmless text only within comments
 * and quotes, as the format's own rules for them say. The texts are made of what means something somewhere.
 */
final class HostileTextTest {
    private static final int SEEDS = Integer.getInteger("culvert.fuzz.seeds", 120);
    private static final String[] PIECES = {
        "\"",
        "'",
        "\\",
        "`",
        "$(reboot)",
        "${x}",
        "\n",
        "\r",
        "\r\n",
        "\t",
        "\0",
        "\u001b[2J",
        "\u0085",
        "\u2028",
        "\u2029",
        "\u202e",
        "#",
        "!",
        "//",
        "/*",
        "*/",
        "-->",
        "<!--",
        "]]>",
        "<",
        ">",
        "&",
        "&quot;",
        "&#10;",
        "<script>",
        "</td>",
        "</description>",
        ";",
        ";)",
        "(",
        ")",
        "{",
        "}",
        "|41|",
        "|",
        ":",
        ",",
        "=",
        "=1+1",
        "+1",
        "-1",
        "@SUM(1)",
        "?",
        "%",
        "%s",
        "*",
        "\"; drop; #",
        "\\\n",
        "drop",
        "accept",
        "exit",
        "end",
        "next",
        "' ; reboot ; '",
        "-j ACCEPT",
        "COMMIT",
        "pass quick all",
        "any any",
        "sid:1;",
        "a",
        " ",
        "가나다",
        "é",
        "𝄞",
        "\ud800",
        "\u00a0",
        "\ufeff",
        "0",
        "=cmd|' /C calc'!A0"
    };

    private static String hostile(Random random) {
        StringBuilder text = new StringBuilder();
        int pieces = 1 + random.nextInt(40);
        for (int i = 0; i < pieces; i++) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    @ParameterizedTest
    @EnumSource(RuleFormat.class)
    void staysWithinItsQuotesAndComments(RuleFormat format) throws Exception {
        RulePlan plan = Plans.golden();
        for (int seed = 0; seed < SEEDS; seed++) {
            String text = seed < PIECES.length ? PIECES[seed] : hostile(new Random(seed));
            for (Language language : Language.values()) {
                RulePlan harmless = Plans.withText(plan, "harmless");
                RulePlan hostile = Plans.withText(plan, text);
                assertThat(skeleton(format, format.rules(hostile, language)))
                        .as("seed %d: %s", seed, text)
                        .isEqualTo(skeleton(format, format.rules(harmless, language)));
                assertThat(format.removal(hostile, language).lines().count())
                        .as("seed %d", seed)
                        .isEqualTo(format.removal(harmless, language).lines().count());
            }
        }
    }

    /** What is left of a file without comments and with quoted text taken out. */
    private static Object skeleton(RuleFormat format, String text) throws Exception {
        return switch (format) {
            case NFTABLES, PF, SRX, PANOS -> lines(text, "#", HostileTextTest::withoutPlainQuotes);
            case IPTABLES, FORTIGATE -> lines(text, "#", line -> replaced(line, "\"(?:[^\"\\\\]|\\\\.)*\""));
            case ASA -> lines(text, "!", line -> line.replaceAll("^ description [ -~&&[^?]]+$", " description"));
            case CHECKPOINT -> lines(text, "#", line -> replaced(line, "(?:'[^']*'|\\\\')+"));
            case SURICATA, SNORT3 -> lines(text, "#", line -> replaced(line, "msg:\"[^\"\\\\;:|()]*\""));
            case FIREWALLD -> xml(text);
            case CSV -> csv(text);
            case FORM -> html(text);
        };
    }

    private static List<String> lines(String text, String sign, UnaryOperator<String> quotes) {
        List<String> kept = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            assertThat(line)
                    .doesNotContain("\r", "\0", "\u0085", "\u2028", "\u2029")
                    .doesNotEndWith("\\");
            // a comment may be longer or shorter, but it stays one line
            kept.add(line.strip().startsWith(sign) && !line.startsWith("#!") ? sign : quotes.apply(line));
        }
        return kept;
    }

    private static String withoutPlainQuotes(String line) {
        return replaced(line, "\"[^\"\\\\]*\"");
    }

    private static String replaced(String line, String quoted) {
        return Pattern.compile(quoted).matcher(line).replaceAll(Matcher.quoteReplacement("Q"));
    }

    private static List<String> xml(String text) throws Exception {
        Element root = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(text)))
                .getDocumentElement();
        List<String> elements = new ArrayList<>();
        walk(root, elements);
        return elements;
    }

    private static void walk(Node node, List<String> elements) {
        if (node instanceof Element element) {
            StringBuilder name = new StringBuilder(element.getTagName());
            for (int i = 0; i < element.getAttributes().getLength(); i++) {
                name.append(' ').append(element.getAttributes().item(i));
            }
            elements.add(name.toString());
        }
        for (Node child = node.getFirstChild(); child != null; child = child.getNextSibling()) {
            walk(child, elements);
        }
    }

    /** The shape of a table of RFC 4180, with which a spreadsheet computes nothing. */
    private static List<Integer> csv(String text) {
        List<Integer> cells = new ArrayList<>();
        Matcher record = Pattern.compile(
                        "((?:\"(?:[^\"]|\"\")*\"|[^\",\r\n]*)(?:,(?:\"(?:[^\"]|\"\")*\"|[^\",\r\n]*))*)\r\n")
                .matcher(text);
        int end = 0;
        while (record.find()) {
            assertThat(record.start()).isEqualTo(end);
            end = record.end();
            int count = 0;
            Matcher cell = Pattern.compile("(?:^|,)(?:\"((?:[^\"]|\"\")*)\"|([^\",]*))")
                    .matcher(record.group(1));
            while (cell.find()) {
                String value = cell.group(1) == null ? cell.group(2) : cell.group(1);
                assertThat(value).doesNotMatch("[=+@].*").doesNotMatch("-.+");
                count++;
            }
            cells.add(count);
        }
        assertThat(end).isEqualTo(text.length());
        return cells;
    }

    /** The tags; between them nothing begins one, and each reference is one of five. */
    private static List<String> html(String text) {
        List<String> tags = new ArrayList<>();
        Matcher tag = Pattern.compile("<[^<>]*>").matcher(text);
        int end = 0;
        while (tag.find()) {
            assertThat(text.substring(end, tag.start()))
                    .doesNotContain("<")
                    .doesNotContainPattern("&(?!(amp|lt|gt|quot|#39);)");
            tags.add(tag.group());
            end = tag.end();
        }
        return tags;
    }
}
