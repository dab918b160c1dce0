package io.voxelflight.flight.tls;

import io.voxelflight.model.ServiceException;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;

/**
 * Reads private keys in the three forms that openssl writes: PKCS#8 (RFC 5958), PKCS#1 (RFC 8017, RSA) and SEC 1 (RFC 5915,
 * EC). The JDK reads the first; the others are the inner part of it, so they are wrapped.
 */
final class PrivateKeys {
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;

    /** Version 0. */
    private static final byte[] VERSION = {0x02, 0x01, 0x00};

    /** AlgorithmIdentifier of rsaEncryption, 1.2.840.113549.1.1.1, with NULL parameters. */
    private static final byte[] RSA = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };

    /** Object identifier id-ecPublicKey, 1.2.840.10045.2.1. */
    private static final byte[] EC = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};

    private PrivateKeys() {}

    /**
     * The key in a file.
     *
     * @param partner the certificate's key: says of which algorithm the private one is, and on which curve
     * @throws ServiceException INVALID_ARGUMENT
     */
    static PrivateKey read(PemFile file, PublicKey partner) {
        for (PemFile.Block block : file.blocks()) {
            switch (block.label()) {
                case "PRIVATE KEY":
                    return key(file, partner, file.decode(block));
                case "RSA PRIVATE KEY":
                    refuseEncrypted(file, block);
                    return key(file, partner, wrap(RSA, file.decode(block)));
                case "EC PRIVATE KEY":
                    refuseEncrypted(file, block);
                    return key(file, partner, wrap(ecAlgorithm(file, partner), file.decode(block)));
                case "ENCRYPTED PRIVATE KEY":
                    throw encrypted(file);
                default: // certificates and 'EC PARAMETERS' may stand beside it
            }
        }
        throw file.refused("has no private key: a PEM file with '-----BEGIN PRIVATE KEY-----' is needed");
    }

    private static PrivateKey key(PemFile file, PublicKey partner, byte[] pkcs8) {
        try {
            return KeyFactory.getInstance(partner.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            throw file.refused("holds no " + partner.getAlgorithm() + " key as the certificate needs it ("
                    + e.getMessage() + "): both must be made together");
        }
    }

    /**
     * AlgorithmIdentifier of the partner: the same curve. Taken from its encoding, SubjectPublicKeyInfo, which begins with
     * it.
     */
    private static byte[] ecAlgorithm(PemFile file, PublicKey partner) {
        byte[] info = partner.getEncoded();
        int start = 2 + (info[1] < 0 ? info[1] & 0x7f : 0); // past the outer sequence's tag and length
        int length = 2 + info[start + 1];
        byte[] algorithm = Arrays.copyOfRange(info, start, start + length);
        if (!partner.getAlgorithm().equals("EC")
                || Arrays.mismatch(algorithm, 2, length, EC, 0, EC.length) < EC.length) {
            throw file.refused("holds an EC key, but the certificate's is " + partner.getAlgorithm()
                    + ": both must be made together");
        }
        return algorithm;
    }

    private static byte[] wrap(byte[] algorithm, byte[] key) {
        return element(SEQUENCE, VERSION, algorithm, element(OCTETS, key));
    }

    private static byte[] element(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.size();
        int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
        if (length >= 0x80) { // DER wants the shortest form
            out.write(0x80 | bytes);
            for (int i = bytes - 1; i > 0; i--) {
                out.write(length >> (8 * i));
            }
        }
        out.write(length);
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }

    private static void refuseEncrypted(PemFile file, PemFile.Block block) {
        if (block.text().contains("ENCRYPTED")) {
            throw encrypted(file);
        }
    }

    private static ServiceException encrypted(PemFile file) {
        return file.refused("is encrypted, and a server has nobody to ask for the password: decrypt it with"
                + " 'openssl pkey -in FILE -out NEW' and let only the server's user read it");
    }
}
