package io.culvert.gateway.checkpoint.doctor;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is left to do to replace a member, decided from how the cluster is; pure. The order is: the old member is removed, the new one
 * added as a learner (which has no vote, so that a wrong URL does no harm), awaited, promoted. Each state in between says by itself what
 * comes next, so whoever asks again goes on:
 *
 * <pre>
 *   the member is there                              remove it, add, promote
 *   it is gone, and there is no learner              add, promote
 *   a learner with the new URL                       promote
 * </pre>
 *
 * @param removed the member that goes; empty if it is gone
 * @param learner the new one, if it was added before
 */
record ReplacementPlan(Optional<MemberReading> removed, Optional<MemberReading> learner) {

    /**
     * Decides.
     *
     * @throws RefusedUpkeepException if it could cost the quorum or would mix something up
     * @throws UnknownMemberException if there is no such member
     */
    static ReplacementPlan of(ClusterReading now, EtcdDoctor.Wish wish)
            throws RefusedUpkeepException, UnknownMemberException {
        return new Deciding(now, wish).decide();
    }

    private record Deciding(ClusterReading now, EtcdDoctor.Wish wish) {

        ReplacementPlan decide() throws RefusedUpkeepException, UnknownMemberException {
            requireQuorum();
            Optional<MemberReading> learner = now.members().stream()
                    .filter(member -> member.learner() && has(member, wish.peerUrl()))
                    .findFirst();
            Optional<MemberReading> removed = removed(learner);
            if (learner.isPresent() && removed.equals(learner)) {
                learner = Optional.empty();
            }
            requireFreeUrl(removed, learner);
            requireSameScheme();
            requireNoOtherLearner(removed, learner);
            if (removed.isPresent() && !removed.get().learner()) {
                requireSpare(removed.get());
            }
            return new ReplacementPlan(removed, learner);
        }

        private void requireQuorum() throws RefusedUpkeepException {
            List<MemberReading> voters = now.voters();
            long answering = voters.stream().filter(MemberReading::answers).count();
            if (answering < now.quorum()) {
                throw new RefusedUpkeepException("only " + answering + " of " + voters.size()
                        + " members answer, and without " + now.quorum() + " none can be removed or added: start "
                        + names(voters.stream()
                                .filter(voter -> !voter.answers())
                                .toList())
                        + " again; if too many have lost their data for good, make a new cluster from a backup with"
                        + " \"culvert etcd restore\"");
            }
            if (now.leader().isEmpty()) {
                throw new RefusedUpkeepException(
                        "no member leads, so none can be removed or added: try again when they have elected one");
            }
        }

        /** Empty if it is gone. */
        private Optional<MemberReading> removed(Optional<MemberReading> learner)
                throws RefusedUpkeepException, UnknownMemberException {
            List<MemberReading> named = known().stream().filter(this::isNamed).toList();
            List<MemberReading> others = named.stream()
                    .filter(member -> !learner.equals(Optional.of(member)))
                    .toList();
            if (others.size() > 1) {
                throw new RefusedUpkeepException(others.size() + " members are called " + wish.member()
                        + ": name one by its id, "
                        + others.stream().map(MemberReading::hexId).collect(Collectors.joining(" or ")));
            }
            if (!others.isEmpty()) {
                return Optional.of(others.getFirst());
            }
            if (learner.isPresent()) {
                return wish.force() && !named.isEmpty() ? learner : Optional.empty();
            }
            if (now.voters().size() % 2 == 0) {
                return Optional.empty(); // an earlier call, or a person, removed it
            }
            throw new UnknownMemberException(
                    "etcd has no member " + wish.member() + "; its members are " + names(known()));
        }

        private boolean isNamed(MemberReading member) {
            return member.name().equals(wish.member()) || member.hexId().equals(wish.member());
        }

        private List<MemberReading> known() {
            return now.members().stream().filter(member -> member.id() != 0).toList();
        }

        private List<MemberReading> except(Optional<MemberReading> removed, Optional<MemberReading> learner) {
            return known().stream()
                    .filter(member -> !removed.equals(Optional.of(member)) && !learner.equals(Optional.of(member)))
                    .toList();
        }

        private void requireFreeUrl(Optional<MemberReading> removed, Optional<MemberReading> learner)
                throws RefusedUpkeepException {
            for (MemberReading other : except(removed, learner)) {
                if (has(other, wish.peerUrl())) {
                    throw new RefusedUpkeepException(
                            wish.peerUrl() + " is the peer URL of " + other.name() + "; the new member needs its own");
                }
            }
        }

        private void requireSameScheme() throws RefusedUpkeepException {
            List<String> urls = now.voters().stream()
                    .flatMap(voter -> voter.peerUrls().stream())
                    .toList();
            String scheme = wish.peerUrl().getScheme() + "://";
            if (!urls.isEmpty() && urls.stream().noneMatch(url -> url.startsWith(scheme))) {
                throw new RefusedUpkeepException(
                        "the members speak " + URI.create(urls.getFirst()).getScheme() + " with each other, and "
                                + wish.peerUrl() + " would not");
            }
        }

        private void requireNoOtherLearner(Optional<MemberReading> removed, Optional<MemberReading> learner)
                throws RefusedUpkeepException {
            for (MemberReading other : except(removed, learner)) {
                if (other.learner()) {
                    String url = String.join(" ", other.peerUrls());
                    throw new RefusedUpkeepException("etcd takes one learner at a time, and " + other.name() + " at "
                            + url
                            + " is one: if that is right, go on with it by --peer-url " + url
                            + "; if not, replace it: culvert etcd replace-member " + other.hexId() + " --peer-url "
                            + wish.peerUrl());
                }
            }
        }

        /** A voter can go. */
        private void requireSpare(MemberReading removed) throws RefusedUpkeepException {
            List<MemberReading> stay = now.voters().stream()
                    .filter(voter -> voter.id() != removed.id())
                    .toList();
            if (stay.isEmpty()) {
                throw new RefusedUpkeepException(removed.name()
                        + " is the only member, and everything would go with it: make a copy with \"culvert etcd backup\","
                        + " and a new member from that with \"culvert etcd restore\"");
            }
            List<String> troubles = new ArrayList<>();
            for (MemberReading voter : stay) {
                String trouble = now.troubleOf(voter);
                if (!trouble.isEmpty()) {
                    troubles.add(trouble);
                }
            }
            String why = String.join(", ", troubles);
            int needed = stay.size() / 2 + 1;
            if (stay.size() - troubles.size() < needed) {
                throw new RefusedUpkeepException("without " + removed.name() + " the cluster needs " + needed + " of "
                        + stay.size() + " members, and " + why + ": look after that first");
            }
            if (!troubles.isEmpty() && !wish.force()) {
                throw new RefusedUpkeepException(why + ": look after that first, or replace " + removed.name()
                        + " all the same with --force; no other member may be lost meanwhile");
            }
            if (now.troubleOf(removed).isEmpty() && !wish.force()) {
                throw new RefusedUpkeepException(
                        removed.name() + " is well: there is nothing to replace; --force does it all the same");
            }
        }

        private static boolean has(MemberReading member, URI url) {
            return member.peerUrls().stream().anyMatch(one -> one.equalsIgnoreCase(url.toString()));
        }

        private static String names(List<MemberReading> members) {
            return members.stream().map(MemberReading::name).collect(Collectors.joining(", "));
        }
    }
}
