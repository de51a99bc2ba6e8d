package io.culvert.gateway.admin;

import java.time.Instant;
import java.util.Optional;

/**
 * Something that a person must see to.
 *
 * @param id what it is about, the same for as long as it stands, such as {@code peer:busan}
 * @param sentence what is wrong and what to do; its numbers may change while it stands
 * @param since when this gateway first saw it
 * @param probe of the way to a peer, where that is what is wrong and the gateway's own probe has found something
 */
public record AlarmView(String id, String sentence, Instant since, Optional<ProbeView> probe) {}
