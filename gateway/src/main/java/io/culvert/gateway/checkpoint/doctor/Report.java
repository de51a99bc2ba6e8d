package io.culvert.gateway.checkpoint.doctor;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * How the cluster is.
 *
 * @param clusterId hexadecimal, as etcdctl has it; empty if no member answers
 * @param leader its name; empty if there is none or it does not answer
 * @param revision the highest of any member
 */
public record Report(
        Instant at, String clusterId, String leader, long revision, List<Member> members, List<Check> checks) {

    /**
     * One member.
     *
     * @param id hexadecimal
     * @param trouble why it does not answer, a sentence; empty if it does, and then the figures count
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
            String trouble) {}

    public enum Role {
        LEADER,
        FOLLOWER,
        LEARNER,
        /** It does not answer, or is not of this cluster. */
        UNKNOWN
    }

    public Report {
        members = List.copyOf(members);
        checks = List.copyOf(checks);
    }

    /** Whether any member answers. */
    public boolean answers() {
        return !clusterId.isEmpty();
    }

    /** The worst of all checks; what could not be learned is not bad by itself. */
    public Check.Verdict verdict() {
        return checks.stream()
                .map(Check::verdict)
                .filter(verdict -> verdict != Check.Verdict.UNKNOWN)
                .max(Comparator.naturalOrder())
                .orElse(Check.Verdict.UNKNOWN);
    }

    static Report of(ClusterReading reading, List<Check> checks) {
        return new Report(
                reading.at(),
                reading.clusterId() == 0 ? "" : Long.toHexString(reading.clusterId()),
                reading.leader().map(MemberReading::name).orElse(""),
                reading.revision(),
                reading.members().stream().map(Report::member).toList(),
                checks);
    }

    private static Member member(MemberReading reading) {
        MemberReading.State none =
                new MemberReading.State("", 0, 0, 0, 0, 0, 0, 0, List.of(), java.util.Optional.empty());
        MemberReading.State state = reading.state().orElse(none);
        return new Member(
                reading.id() == 0 ? "" : Long.toHexString(reading.id()),
                reading.name(),
                reading.endpoint(),
                role(reading),
                state.version(),
                state.databaseBytes(),
                state.inUseBytes(),
                state.raftTerm(),
                state.raftIndex(),
                state.appliedIndex(),
                reading.trouble());
    }

    private static Role role(MemberReading reading) {
        if (reading.learner()) {
            return Role.LEARNER;
        }
        if (!reading.answers()) {
            return Role.UNKNOWN;
        }
        return reading.leads() ? Role.LEADER : Role.FOLLOWER;
    }
}
