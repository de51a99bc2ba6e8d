package io.culvert.gateway.admin;

import java.time.Instant;
import java.util.List;

/**
 * The site's etcd.
 *
 * @param clusterId hexadecimal; empty if no member answers
 * @param leader its name; empty if there is none or it does not answer
 * @param verdict the worst of the checks
 */
public record EtcdView(
        Verdict verdict,
        String clusterId,
        String leader,
        long revision,
        List<Member> members,
        List<Check> checks,
        Instant at) {

    public EtcdView {
        members = List.copyOf(members);
        checks = List.copyOf(checks);
    }

    public enum Verdict {
        OK,
        UNKNOWN,
        WARNING,
        CRITICAL
    }

    public enum Role {
        LEADER,
        FOLLOWER,
        LEARNER,
        UNKNOWN
    }

    /**
     * A member.
     *
     * @param reason why it does not answer; empty if it does, and then the figures count
     */
    public record Member(
            String id,
            String name,
            String endpoint,
            Role role,
            String version,
            long databaseBytes,
            long inUseBytes,
            long raftTerm,
            long raftIndex,
            long appliedIndex,
            String reason) {}

    /**
     * One thing that was looked at.
     *
     * @param advice what follows and what to do; empty if all is well
     */
    public record Check(String name, Verdict verdict, String value, String limit, String advice) {}
}
