package io.culvert.gateway.checkpoint.doctor;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The cluster as it was seen at one moment.
 *
 * @param clusterId 0 if no member answered
 * @param members in the order of their names; those that the site file names, and those that the cluster names besides
 */
record ClusterReading(Instant at, long clusterId, List<MemberReading> members) {

    private static final long CAUGHT_UP_ENTRIES = 100;

    ClusterReading {
        members = List.copyOf(members);
    }

    /** Without those that the site file names and the cluster does not. */
    List<MemberReading> voters() {
        return members.stream()
                .filter(member -> !member.learner() && (member.id() != 0 || clusterId == 0))
                .toList();
    }

    /** Why a member cannot be counted on, a clause that begins with its name; empty if it can. A full database is no reason. */
    String troubleOf(MemberReading member) {
        if (!member.answers()) {
            return member.name() + " does not answer";
        }
        MemberReading.State state = member.state().orElseThrow();
        long newest = voters().stream()
                .flatMap(voter -> voter.state().stream())
                .mapToLong(MemberReading.State::raftIndex)
                .max()
                .orElse(0);
        long behind = newest - state.appliedIndex();
        if (behind > CAUGHT_UP_ENTRIES) {
            return member.name() + " is " + behind + " entries behind";
        }
        return state.errors().stream()
                .filter(error -> !error.contains(Upkeep.FULL))
                .findFirst()
                .map(error -> member.name() + " says: " + error)
                .orElse("");
    }

    int quorum() {
        return voters().size() / 2 + 1;
    }

    Optional<MemberReading> leader() {
        return members.stream().filter(MemberReading::leads).findFirst();
    }

    Optional<MemberReading> member(long id) {
        return members.stream().filter(member -> member.id() == id).findFirst();
    }

    /** The highest that any member has. */
    long revision() {
        return members.stream()
                .flatMap(member -> member.state().stream())
                .mapToLong(MemberReading.State::revision)
                .max()
                .orElse(0);
    }
}
