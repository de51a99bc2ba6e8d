package io.culvert.gateway.admin;

import java.time.Duration;
import java.util.List;

/** What concerns peers. */
public interface PeerOperations {

    /** All peers by name, the revoked ones too. */
    List<PeerView> peers() throws OperationException;

    /** Makes a one-time token with which the site {@code peer} may join. @param life how long it is good */
    Invitation invite(String peer, Duration life) throws OperationException;

    /** Enrols this site with the one that made the token; both then trust. Returns the new peer. */
    PeerView join(String token) throws OperationException;

    /** Measures for some seconds how fast bytes go through the stream to a peer, both ways. */
    RatesView rates(String peer) throws OperationException;

    /** Stops trusting a peer at once and closes its stream. */
    PeerView revoke(String peer) throws OperationException;
}
