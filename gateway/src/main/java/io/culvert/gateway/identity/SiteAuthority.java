package io.culvert.gateway.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * The certificate authority of one site, and the key of its gateway, in {@code STATE_DIR/identity}.
 *
 * <pre>
 *   STATE_DIR/identity/   0700
 *     authority.crt       0600  the CA certificate, self-signed, 10 years, path length 0
 *     authority.key       0600  its key; read when something is signed, not held
 *     gateway.key         0600  the gateway's key; its leaf certificates live in memory only
 *     gateway.number      0600  its number, and of which others it knows: see {@link GatewayNumbers}
 *     gateways            0600
 *     invites/            0700  open and used invitations of sites, see {@link Invitations}
 *     gateway-invites/    0700  and of further gateways of this site; made with the first of them
 * </pre>
 *
 * The directory appears whole by one rename, so a crash in {@link #init} leaves nothing that looks like an identity.
 * Immutable; any thread may use it.
 */
public final class SiteAuthority {
    /** How long a leaf lives; it is renewed at two thirds of that. */
    public static final Duration LEAF_LIFE = Duration.ofHours(24);

    static final String DIRECTORY = "identity";
    static final String INVITES = "invites";
    static final String GATEWAY_INVITES = "gateway-invites";
    private static final String CERTIFICATE_FILE = "authority.crt";
    private static final String KEY_FILE = "authority.key";
    private static final String GATEWAY_KEY_FILE = "gateway.key";

    private final Path directory;
    private final X509Certificate certificate;
    private final String site;
    private final KeyPair gatewayPair;
    private final GatewayNumbers numbers;
    private final InstantSource clock;
    private final CertificateMint mint;
    private final SecureRandom random;

    private SiteAuthority(Path directory, InstantSource clock, SecureRandom random) throws IOException {
        this.directory = directory;
        this.certificate = Pem.readCertificate(directory.resolve(CERTIFICATE_FILE));
        this.site = AuthorityCertificate.siteOf(certificate);
        this.gatewayPair = readGatewayPair(directory.resolve(GATEWAY_KEY_FILE));
        this.numbers = GatewayNumbers.open(directory);
        this.clock = clock;
        this.random = random;
        this.mint = new CertificateMint(random);
    }

    /**
     * Makes the identity of a new site.
     *
     * @throws IdentityExistsException if the state directory has one already; it is left as it is
     */
    public static SiteAuthority init(Path stateDir, String site, InstantSource clock, SecureRandom random)
            throws IOException {
        SiteName.require(site);
        Path directory = stateDir.resolve(DIRECTORY);
        refuseIfThere(directory);
        DurableFiles.createDirectory(stateDir);
        Path draft = stateDir.resolve("." + DIRECTORY + "-" + Long.toHexString(random.nextLong()));
        DurableFiles.createDirectory(draft);
        try {
            KeyPair pair = Ec.generate(random);
            X509Certificate certificate = new CertificateMint(random).authority(site, pair, clock.instant());
            write(draft, new CertificateMint.Signer(certificate, pair.getPrivate()), random);
            Files.move(draft, directory, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            discard(draft);
            refuseIfThere(directory);
            throw e;
        }
        DurableFiles.forceDirectory(stateDir);
        return open(stateDir, clock, random);
    }

    /** Opens the identity that {@link #init} made; checks that keys and certificate belong together. */
    public static SiteAuthority open(Path stateDir, InstantSource clock, SecureRandom random) throws IOException {
        Path directory = stateDir.resolve(DIRECTORY);
        if (!Files.isDirectory(directory)) {
            throw new IOException(
                    stateDir + " has no identity: make one with `culvert init --site NAME --dir " + stateDir + "`");
        }
        SiteAuthority authority = new SiteAuthority(directory, clock, random);
        authority.signer();
        return authority;
    }

    /** The CA certificate in a state directory; reads no key. */
    static X509Certificate certificateIn(Path stateDir) throws IOException {
        return Pem.readCertificate(stateDir.resolve(DIRECTORY).resolve(CERTIFICATE_FILE));
    }

    /** The site that this is the CA of. */
    public String site() {
        return site;
    }

    /** This gateway's number at its site, from 1. */
    public int gateway() {
        return numbers.own();
    }

    /** The numbers of all gateways of this site that this one knows of, itself included. */
    public Set<Integer> gateways() {
        return Collections.unmodifiableSet(numbers.known());
    }

    /** The CA certificate, which peers pin. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** What people compare: the SHA-256 of the CA certificate. */
    public String fingerprint() {
        return AuthorityCertificate.fingerprint(certificate).toString();
    }

    GatewayNumbers numbers() {
        return numbers;
    }

    Path invitesDirectory() {
        return directory.resolve(INVITES);
    }

    Path gatewayInvitesDirectory() {
        return directory.resolve(GATEWAY_INVITES);
    }

    /** The CA's key, PKCS #8 in DER, for one more gateway of this site and for nobody else. */
    byte[] encodedKey() throws IOException {
        return signer().key().getEncoded();
    }

    InstantSource clock() {
        return clock;
    }

    SecureRandom random() {
        return random;
    }

    /** Issues a fresh leaf for the gateway's own key. @throws IOException if the CA's key cannot be read */
    Leaf issueLeaf(List<String> hostNames) throws IOException {
        var validity = CertificateMint.Validity.startingAt(clock.instant(), LEAF_LIFE);
        PeerIdentity self = new PeerIdentity(site, gateway());
        X509Certificate leaf = mint.leaf(signer(), self, hostNames, gatewayPair.getPublic(), validity);
        return new Leaf(leaf, certificate, gatewayPair.getPrivate());
    }

    /** Issues a console certificate with a key of its own, which is not stored. */
    Leaf issueConsole(List<String> hostNames, Duration life) throws IOException {
        KeyPair pair = Ec.generate(random);
        var validity = CertificateMint.Validity.startingAt(clock.instant(), life);
        X509Certificate leaf = mint.console(signer(), site, hostNames, pair.getPublic(), validity);
        return new Leaf(leaf, certificate, pair.getPrivate());
    }

    /** Signs with the CA's key: the proof, in an enrolment, that this site owns the CA it shows. */
    byte[] sign(byte[] message) throws IOException {
        return Ec.sign(signer().key(), message);
    }

    private CertificateMint.Signer signer() throws IOException {
        Path file = directory.resolve(KEY_FILE);
        PrivateKey key = Pem.readKey(file);
        if (!Ec.isPair(certificate.getPublicKey(), key)) {
            throw new IOException(file + " is not the key of " + directory.resolve(CERTIFICATE_FILE)
                    + ": restore the two from one backup");
        }
        return new CertificateMint.Signer(certificate, key);
    }

    private static KeyPair readGatewayPair(Path file) throws IOException {
        try {
            return Ec.pairOf(Pem.readKey(file));
        } catch (InvalidKeySpecException e) {
            throw new IOException(file + " is not a P-256 key: " + e.getMessage(), e);
        }
    }

    /** Writes the files of an identity with a gateway key of its own into an empty directory. */
    static void write(Path draft, CertificateMint.Signer authority, SecureRandom random) throws IOException {
        DurableFiles.writeNew(draft.resolve(KEY_FILE), ascii(Pem.text(authority.key())));
        DurableFiles.writeNew(draft.resolve(CERTIFICATE_FILE), ascii(Pem.text(authority.certificate())));
        DurableFiles.writeNew(
                draft.resolve(GATEWAY_KEY_FILE),
                ascii(Pem.text(Ec.generate(random).getPrivate())));
        DurableFiles.createDirectory(draft.resolve(INVITES));
    }

    static void refuseIfThere(Path directory) throws IdentityExistsException {
        if (Files.exists(directory)) {
            throw new IdentityExistsException(directory + " already holds the identity of a site; a new one would cut"
                    + " off every peer. Nothing was changed. Choose another directory, or move this one away first.");
        }
    }

    /** Removes a draft that this call made. */
    private static void discard(Path draft) throws IOException {
        for (String name : List.of(KEY_FILE, CERTIFICATE_FILE, GATEWAY_KEY_FILE, INVITES)) {
            Files.deleteIfExists(draft.resolve(name));
        }
        Files.deleteIfExists(draft);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
