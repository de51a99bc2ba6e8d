package io.culvert.siteconfig.rules;

import java.util.ArrayList;
import java.util.List;

/** The request form as one printable page of HTML, with room for what only people know. */
final class FormTemplate implements RuleTemplate {
    private static final String STYLE = """
            @page { size: A4 landscape; margin: 12mm; }
            body { font: 10pt/1.45 %s; color: #000; max-width: 270mm; margin: 8mm auto; }
            h1 { text-align: center; font-size: 18pt; }
            h2 { font-size: 11pt; margin: 5mm 0 1.5mm; }
            table { border-collapse: collapse; width: 100%%; }
            th, td { border: 0.3mm solid #444; padding: 1.2mm 1.8mm; vertical-align: top; overflow-wrap: anywhere; }
            th { background: #eee; font-weight: 600; text-align: center; }
            tr { break-inside: avoid; }
            .fields th { width: 14%%; text-align: left; }
            .fields td { width: 19%%; height: 7mm; }
            .signatures td { height: 14mm; }
            .n { text-align: center; }
            """;

    private final FormWords words;

    FormTemplate(Language language) {
        this.words = FormWords.of(language);
    }

    @Override
    public String rules(RulePlan plan) {
        return page(plan, false);
    }

    @Override
    public String removal(RulePlan plan) {
        return page(plan, true);
    }

    private String page(RulePlan plan, boolean isRemoval) {
        String title = isRemoval ? words.remove() : words.add();
        StringBuilder page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"" + words.lang() + "\">\n<head>\n"
                + "<meta charset=\"utf-8\">\n<title>" + escaped(title) + "</title>\n<style>\n"
                + STYLE.formatted(words.font()) + "</style>\n</head>\n<body>\n<h1>" + escaped(title) + "</h1>\n");
        page.append(fields());
        List<RequestRow> rows = RequestRow.of(plan);
        page.append(heading(isRemoval ? words.allowedRemoved() : words.allowed()));
        page.append(table(rows.stream().filter(RequestRow::isAllowed).toList(), plan));
        if (!isRemoval) {
            page.append(heading(words.why())).append("<p>" + escaped(words.whyText()) + "</p>\n");
        }
        page.append(heading(isRemoval ? words.stoppedRemoved() : words.stopped()));
        if (!isRemoval) {
            page.append("<p>" + escaped(words.stoppedText()) + "</p>\n");
        }
        // What is stopped is stopped both ways: one line says both.
        page.append(table(
                rows.stream().filter(row -> !row.isAllowed() && row.isOut()).toList(), plan));
        page.append(notes(plan)).append(signatures());
        return page.append("</body>\n</html>\n").toString();
    }

    private String fields() {
        StringBuilder table = new StringBuilder("<table class=\"fields\">\n");
        for (int i = 0; i < words.fields().size(); i++) {
            table.append(i % 3 == 0 ? "<tr>" : "")
                    .append("<th>" + escaped(words.fields().get(i)) + "</th><td></td>")
                    .append(i % 3 == 2 ? "</tr>\n" : "");
        }
        return table.append("</table>\n").toString();
    }

    private static String heading(String text) {
        return "<h2>" + escaped(text) + "</h2>\n";
    }

    private String table(List<RequestRow> rows, RulePlan plan) {
        boolean isAllowed = !rows.isEmpty() && rows.getFirst().isAllowed();
        List<String> headings = new ArrayList<>(words.columns());
        if (isAllowed) {
            headings.addAll(List.of(words.purpose(), words.inspection()));
        }
        StringBuilder table = new StringBuilder("<table>\n<tr>");
        headings.forEach(heading -> table.append("<th>" + escaped(heading) + "</th>"));
        table.append("</tr>\n");
        for (int i = 0; i < rows.size(); i++) {
            RequestRow row = rows.get(i);
            table.append("<tr><td class=\"n\">" + (i + 1) + "</td>")
                    .append(cell(row.from()))
                    .append(lines(row.sources()))
                    .append(cell(row.to()))
                    .append(lines(row.destinations()))
                    .append(cell(row.protocol()))
                    .append(cell(row.ports().replace(" ", ", ")))
                    .append(cell(direction(row)));
            if (isAllowed) {
                table.append(cell(plan.reason().equals(RulePlan.DEFAULT_REASON) ? words.usualPurpose() : plan.reason()))
                        .append(cell(words.bypass()));
            }
            table.append("</tr>\n");
        }
        return table.append("</table>\n").toString();
    }

    private String direction(RequestRow row) {
        if (!row.isAllowed()) {
            return words.both();
        }
        return row.isOut() ? words.out() : words.in();
    }

    private String notes(RulePlan plan) {
        StringBuilder notes = new StringBuilder(heading(words.notes()) + "<ul>\n");
        notes.append(
                "<li>" + escaped(words.rendered().formatted(plan.at(), SafeText.oneLine(plan.source()))) + "</li>\n");
        plan.notes()
                .forEach(note -> notes.append(
                        "<li>" + escaped(words.incomplete().formatted(SafeText.oneLine(note))) + "</li>\n"));
        plan.sites()
                .forEach(site -> site.gateways()
                        .forEach(gateway -> notes.append("<li>"
                                + escaped(site.name() + ": " + AddressText.of(gateway.address()) + " ("
                                        + SafeText.oneLine(gateway.from()) + ")")
                                + "</li>\n")));
        return notes.append("</ul>\n").toString();
    }

    private String signatures() {
        StringBuilder table = new StringBuilder("<table class=\"signatures\">\n<tr>");
        words.signatures().forEach(who -> table.append("<th>" + escaped(who) + "</th>"));
        table.append("</tr>\n<tr>").append("<td></td>".repeat(words.signatures().size()));
        return table.append("</tr>\n</table>\n").toString();
    }

    private static String cell(String text) {
        return "<td>" + escaped(SafeText.oneLine(text)) + "</td>";
    }

    private static String lines(List<String> texts) {
        return "<td>"
                + String.join("<br>", texts.stream().map(FormTemplate::escaped).toList()) + "</td>";
    }

    /** Text between tags or in an attribute. */
    static String escaped(String text) {
        return FirewalldTemplate.escaped(text).replace("&apos;", "&#39;");
    }
}
