package io.culvert.gateway.checkpoint;

import java.time.Instant;

/**
 * The gateway that owns a job.
 *
 * @param gateway the gateway's name, unique at its site
 * @param process which run of that gateway; two processes of one name never share it
 * @param since when it took the job, by its own clock
 */
public record Owner(String gateway, String process, Instant since) {
    static final int MAX_NAME_BYTES = 200;

    public Owner {
        Names.require("gateway", gateway, MAX_NAME_BYTES);
        Names.require("process", process, MAX_NAME_BYTES);
    }
}
