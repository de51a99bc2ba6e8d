package io.culvert.gateway.identity;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.InvalidKeySpecException;
import org.bouncycastle.crypto.ec.CustomNamedCurves;

/** P-256 keys, and ECDSA signatures with SHA-256 in DER form. */
final class Ec {
    private static final String SIGNATURE = "SHA256withECDSA";

    private Ec() {}

    static KeyPair generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException | InvalidAlgorithmParameterException e) {
            throw new IllegalStateException("every JDK has P-256", e);
        }
    }

    /** The pair that a private key belongs to. @throws InvalidKeySpecException if it is not a P-256 key */
    static KeyPair pairOf(PrivateKey key) throws InvalidKeySpecException {
        if (!(key instanceof ECPrivateKey ec) || ec.getParams().getOrder().bitLength() != 256) {
            throw new InvalidKeySpecException("not a P-256 private key");
        }
        var point = CustomNamedCurves.getByName("secp256r1")
                .getG()
                .multiply(ec.getS())
                .normalize();
        ECPoint w = new ECPoint(
                point.getAffineXCoord().toBigInteger(), point.getAffineYCoord().toBigInteger());
        try {
            PublicKey derived = KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(w, ec.getParams()));
            return new KeyPair(derived, key);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has EC", e);
        }
    }

    static byte[] sign(PrivateKey key, byte[] message) {
        try {
            Signature signature = Signature.getInstance(SIGNATURE);
            signature.initSign(key);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the CA's own key must be able to sign", e);
        }
    }

    /** Whether the signature is good; a key of another kind or a signature out of form is not. */
    static boolean verify(PublicKey key, byte[] message, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance(SIGNATURE);
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (InvalidKeyException | SignatureException e) {
            return false;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + SIGNATURE, e);
        }
    }

    /** Whether the two halves belong together. */
    static boolean isPair(PublicKey publicKey, PrivateKey privateKey) {
        byte[] message = "culvert key check".getBytes(StandardCharsets.US_ASCII);
        return verify(publicKey, message, sign(privateKey, message));
    }
}
