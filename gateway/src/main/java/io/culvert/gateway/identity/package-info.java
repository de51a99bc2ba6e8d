/**
 * Who this gateway is, whom it trusts, and what those may do.
 *
 * <p>Each site has a CA of its own ({@link io.culvert.gateway.identity.SiteAuthority}). Two sites come to trust each
 * other's CA once, by a one-time token ({@link io.culvert.gateway.identity.Enrolment}); what that settles is kept in the
 * {@link io.culvert.gateway.identity.PeerRegistry}. From then on every connection is mutual TLS 1.3 with leaves that live
 * 24 hours and renew themselves, and each certificate is checked against exactly the CA enrolled for the site it names.
 *
 * <pre>
 *   dialing side                                     accepting side
 *   TlsContexts.forDialing(peer)                     TlsContexts.forAccepting()
 *     verifies inside the handshake: nothing is        lets the handshake prove possession of any key,
 *     sent to an acceptor that is not proven           then PeerGate refuses each call with the reason,
 *     a refusal is told by RefusalNotices              before any message of it is read
 * </pre>
 *
 * Why it is done so, and how each side learns the reason, is in {@code gateway/docs/adr/0003-identity.md}.
 *
 * <p>A site may have several gateways, each with its number and all with the site's CA key. A one-time token makes one more
 * ({@link io.culvert.gateway.identity.GatewayJoin}); what they learn of peers later they tell each other by signed records
 * ({@link io.culvert.gateway.identity.SharedPeers}). Why: {@code gateway/docs/adr/0028-several-gateways.md}.
 *
 * <p>Locks, none of which is held while calling out: {@code PeerRegistry}, {@code GatewayNumbers}, {@code AttemptLimit}, {@code LeafRenewal}.
 * They are never nested.
 */
@NullMarked
package io.culvert.gateway.identity;

import org.jspecify.annotations.NullMarked;
