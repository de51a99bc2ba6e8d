package io.culvert.siteconfig.rules;

import java.util.List;
import java.util.stream.Collectors;

/** A table by RFC 4180, in UTF-8: one line for each flow that is asked for, or to be stopped. It has no place for notes. */
final class CsvTemplate implements RuleTemplate {
    private static final String HEADINGS =
            "request,source site,source addresses,destination site,destination addresses,protocol,destination ports,"
                    + "direction,reason,TLS inspection";

    @Override
    public String rules(RulePlan plan) {
        return table(plan, "allow", "stop and report");
    }

    @Override
    public String removal(RulePlan plan) {
        return table(plan, "remove: allow", "remove: stop and report");
    }

    private static String table(RulePlan plan, String allow, String stop) {
        StringBuilder table = new StringBuilder(HEADINGS).append("\r\n");
        for (RequestRow row : RequestRow.of(plan)) {
            List<String> cells = List.of(
                    row.isAllowed() ? allow : stop,
                    row.from(),
                    String.join(" ", row.sources()),
                    row.to(),
                    String.join(" ", row.destinations()),
                    row.protocol(),
                    row.ports(),
                    row.isOut() ? "outbound" : "inbound",
                    row.isAllowed() ? plan.reason() : "belongs in the stream",
                    row.isAllowed() ? "bypass: mutual TLS 1.3" : "-");
            table.append(cells.stream().map(CsvTemplate::cell).collect(Collectors.joining(",")))
                    .append("\r\n");
        }
        return table.toString();
    }

    /** A cell; what a spreadsheet would take for a formula has an apostrophe before it. */
    static String cell(String text) {
        String line = SafeText.oneLine(text);
        boolean isFormula =
                !line.isEmpty() && "=+-@\uff1d\uff0b\uff0d\uff20".indexOf(line.charAt(0)) >= 0 && !line.equals("-");
        String safe = isFormula ? "'" + line : line;
        return safe.matches("[^\",;]*") ? safe : "\"" + safe.replace("\"", "\"\"") + "\"";
    }
}
