package io.culvert.gateway.alert;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.EnumNamingStrategies;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.time.Instant;
import java.util.Optional;

/** An alert as JSON. */
final class AlertJson {

    /** Times as ISO-8601, enum values in lower case; thread-safe. */
    static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModules(new Jdk8Module(), new JavaTimeModule())
            .enumNamingStrategy(EnumNamingStrategies.KEBAB_CASE)
            .serializationInclusion(JsonInclude.Include.NON_ABSENT)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private AlertJson() {}

    /**
     * What a webhook is sent; gateway/docs/alerts.md describes it.
     *
     * @param text the headline, by the name under which chat services expect what they show
     * @param incident the same for all messages of one alarm
     */
    private record Message(
            String text,
            Alert.Event event,
            String incident,
            String alarm,
            String sentence,
            Optional<Finding> probe,
            Instant since,
            Instant at,
            String site,
            String gateway,
            String host,
            String version) {}

    static byte[] message(Origin origin, Alert alert) {
        try {
            return MAPPER.writeValueAsBytes(new Message(
                    AlertText.headline(origin, alert),
                    alert.event(),
                    alert.incident(),
                    alert.alarm(),
                    alert.sentence(),
                    alert.finding(),
                    alert.since(),
                    alert.at(),
                    origin.site(),
                    origin.gateway(),
                    origin.host(),
                    origin.version()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an alert must be writable as JSON", e);
        }
    }
}
