package io.culvert.gateway.admin;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What concerns the gateways of this site. */
public interface GatewaysOperations {

    /** The gateways, pools, peers and appliances that work may be addressed to. */
    List<ServiceView> services() throws OperationException;

    /** Makes a one-time token for one more gateway of this site. @param life how long it is good */
    GatewayInvitation inviteGateway(Duration life) throws OperationException;

    /**
     * Has this gateway take nothing more and give away what others can have.
     *
     * @param connections how long a stream stays at most because relayed connections are open in it, which end when it goes
     * @return what is with it still; what no other gateway can have stays there
     */
    List<ServiceView> drain(Duration connections) throws OperationException;

    /** Has this gateway take its part again. @return what is with it now */
    List<ServiceView> drainNoMore() throws OperationException;

    /**
     * Removes a gateway that does not run, for good.
     *
     * @param moveTo the gateway that is to have, and sees, the pools that were with it
     * @throws OperationException {@code REFUSED} if it runs, or a pool would be with nobody
     */
    ServiceView removeGateway(int number, Optional<Integer> moveTo) throws OperationException;
}
