package io.culvert.gateway.admin;

import java.util.List;

/**
 * One step of something that is done to etcd and needs a person's hands, too.
 *
 * @param sentence what happens, or is to be done; the same one comes again and again while something is waited for
 * @param commands what a person is to run, a line each
 */
public record EtcdStep(String sentence, List<String> commands) {
    public EtcdStep {
        commands = List.copyOf(commands);
    }
}
