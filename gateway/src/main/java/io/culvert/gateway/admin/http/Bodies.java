package io.culvert.gateway.admin.http;

import java.util.List;
import java.util.Optional;

/** The JSON bodies of requests; what is missing is null or empty and checked by the route. */
final class Bodies {
    private Bodies() {}

    record Invite(Optional<String> peer, Optional<Long> ttlSeconds) {}

    record InviteGateway(Optional<Long> ttlSeconds) {}

    record Drain(Optional<Boolean> on, Optional<Long> connectionsSeconds) {}

    record RemoveGateway(Optional<Integer> moveTo) {}

    record Join(Optional<String> token) {}

    record Replicate(Optional<List<String>> peers) {}

    record Restore(Optional<String> peer, Optional<List<String>> paths) {}

    record Verify(Optional<String> snapshot, Optional<String> pool) {}

    record MoveDataset(Optional<String> dataset) {}

    record RenamePool(Optional<String> to, Optional<Boolean> check) {}

    record SignInCode(Optional<String> code) {}

    record ReplaceMember(Optional<String> peerUrl, Optional<Boolean> force) {}
}
