package io.culvert.siteconfig;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The JSON Schema that ships, asked by an independent validator. */
final class SiteSchema {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Schema schema;

    SiteSchema() {
        try (InputStream in = Objects.requireNonNull(SiteConfigLoader.class.getResourceAsStream("site.schema.json"))) {
            schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns what the schema says against a file that is YAML; nothing if it takes it. */
    List<String> refusals(String yaml) throws ConfigException {
        Problems problems = new Problems(Path.of("site.yaml"));
        JsonNode json = json(YamlComposer.compose(yaml, problems));
        return schema.validate(json).stream().map(Object::toString).toList();
    }

    private static JsonNode json(YamlNode node) {
        return switch (node) {
            case YamlNode.Scalar scalar -> scalar(scalar);
            case YamlNode.Sequence sequence -> {
                ArrayNode array = JSON.arrayNode();
                sequence.items().forEach(item -> array.add(json(item)));
                yield array;
            }
            case YamlNode.Mapping mapping -> {
                ObjectNode object = JSON.objectNode();
                mapping.entries().forEach(e -> object.set(e.key().text(), json(e.value())));
                yield object;
            }
        };
    }

    private static JsonNode scalar(YamlNode.Scalar scalar) {
        return switch (scalar.type()) {
            case NULL -> JSON.nullNode();
            case BOOLEAN -> JSON.booleanNode(scalar.text().equalsIgnoreCase("true"));
            case INTEGER -> integer(scalar.text());
            case FLOAT ->
                scalar.text().contains("n") || scalar.text().contains("N")
                        ? JSON.numberNode(Double.NaN)
                        : JSON.numberNode(new BigDecimal(scalar.text()));
            case TEXT -> JSON.textNode(scalar.text());
        };
    }

    private static JsonNode integer(String text) {
        if (text.startsWith("0o")) {
            return JSON.numberNode(new BigInteger(text.substring(2), 8));
        }
        return JSON.numberNode(text.startsWith("0x") ? new BigInteger(text.substring(2), 16) : new BigInteger(text));
    }
}
