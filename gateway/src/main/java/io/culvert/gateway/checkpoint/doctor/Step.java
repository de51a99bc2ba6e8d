package io.culvert.gateway.checkpoint.doctor;

import java.util.List;

/**
 * One step of something that is done to the cluster and needs a person's hands, too.
 *
 * @param sentence what happens, or is to be done; the same one comes again and again while something is waited for
 * @param commands what a person is to run, a line each
 */
public record Step(String sentence, List<String> commands) {

    public Step {
        commands = List.copyOf(commands);
    }

    static Step of(String sentence) {
        return new Step(sentence, List.of());
    }
}
