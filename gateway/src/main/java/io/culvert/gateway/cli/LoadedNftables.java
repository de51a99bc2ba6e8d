package io.culvert.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.culvert.siteconfig.rules.ExpectedRules;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules of Culvert's table as {@code nft -j} lists them (libnftables-json(5)), in the form in which they are compared: handles, comments
 * and the figures of counters do not count. What is not known is kept as it stands there, so that it shows as a difference.
 */
final class LoadedNftables {
    private static final ObjectMapper JSON = new ObjectMapper();

    private LoadedNftables() {}

    /** Returns each chain's rules; empty if the table is not among what is listed. @throws IOException if it is no such list */
    static Map<String, List<String>> read(String listed) throws IOException {
        JsonNode all = JSON.readTree(listed).path("nftables");
        if (!all.isArray()) {
            throw new IOException("it is not what \"nft -j list table inet " + ExpectedRules.NFT_TABLE + "\" prints");
        }
        Map<String, List<String>> chains = new LinkedHashMap<>();
        for (JsonNode entry : all) {
            JsonNode chain = entry.path("chain");
            JsonNode rule = entry.path("rule");
            if (isOurs(chain)) {
                List<String> rules = chains.computeIfAbsent(chain.path("name").asText(), name -> new ArrayList<>());
                if (chain.has("hook")) {
                    rules.add("type %s hook %s priority %d policy %s"
                            .formatted(
                                    chain.path("type").asText(),
                                    chain.path("hook").asText(),
                                    chain.path("prio").asInt(),
                                    chain.path("policy").asText()));
                }
            } else if (isOurs(rule)) {
                chains.computeIfAbsent(rule.path("chain").asText(), name -> new ArrayList<>())
                        .add(rule(rule.path("expr")));
            }
        }
        return chains;
    }

    private static boolean isOurs(JsonNode object) {
        return object.path("family").asText().equals("inet")
                && object.path("table").asText().equals(ExpectedRules.NFT_TABLE);
    }

    private static String rule(JsonNode expressions) {
        List<String> parts = new ArrayList<>();
        expressions.forEach(expression -> parts.add(part(expression)));
        return String.join(" ", parts);
    }

    private static String part(JsonNode expression) {
        if (expression.has("match")) {
            return match(expression.path("match"));
        }
        if (expression.has("counter")) {
            return "counter";
        }
        if (expression.has("limit")) {
            return limit(expression.path("limit"));
        }
        if (expression.has("log")) {
            JsonNode log = expression.path("log");
            return log.size() == 1 && log.has("prefix")
                    ? "log prefix \"" + log.path("prefix").asText() + "\""
                    : expression.toString();
        }
        for (String verdict : List.of("jump", "goto")) {
            if (expression.has(verdict)) {
                return verdict + " " + expression.path(verdict).path("target").asText();
            }
        }
        for (String verdict : List.of("accept", "drop", "return")) {
            if (expression.has(verdict)) {
                return verdict;
            }
        }
        return expression.toString();
    }

    private static String limit(JsonNode limit) {
        boolean isPlain = limit.path("inv").isMissingNode()
                && limit.path("rate_unit").asText("packets").equals("packets");
        return isPlain
                ? "limit rate %d/%s burst %d packets"
                        .formatted(
                                limit.path("rate").asInt(),
                                limit.path("per").asText(),
                                limit.path("burst").asInt())
                : limit.toString();
    }

    private static String match(JsonNode match) {
        JsonNode left = match.path("left");
        String what;
        if (left.has("payload")) {
            what = left.path("payload").path("protocol").asText() + " "
                    + left.path("payload").path("field").asText();
        } else if (left.has("ct")) {
            what = "ct " + left.path("ct").path("key").asText();
        } else if (left.has("meta")) {
            what = "meta " + left.path("meta").path("key").asText();
        } else {
            what = left.toString();
        }
        String operator = match.path("op").asText();
        boolean isPlain = operator.equals("==") || operator.equals("in");
        return ExpectedRules.nftMatch(isPlain ? what : what + " " + operator, values(match.path("right")));
    }

    private static List<String> values(JsonNode right) {
        JsonNode list = right.has("set") ? right.path("set") : right;
        if (!list.isArray()) {
            return List.of(value(list));
        }
        List<String> values = new ArrayList<>();
        list.forEach(value -> values.add(value(value)));
        return values;
    }

    private static String value(JsonNode value) {
        if (value.has("prefix")) {
            return value.path("prefix").path("addr").asText() + "/"
                    + value.path("prefix").path("len").asInt();
        }
        if (value.has("range")) {
            return value.path("range").path(0).asText() + "-"
                    + value.path("range").path(1).asText();
        }
        return value.isValueNode() ? value.asText() : value.toString();
    }
}
