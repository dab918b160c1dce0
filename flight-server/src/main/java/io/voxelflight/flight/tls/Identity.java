package io.voxelflight.flight.tls;

import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * A certificate and the key that belongs to it, checked.
 *
 * @param alias tells it apart from those before it
 * @param keys answers for it alone, under that alias
 * @param until when it expires
 */
record Identity(String alias, X509ExtendedKeyManager keys, Instant until) {
    private static final byte[] PROBE = {1, 2, 3};
    private static final char[] NO_PASSWORD = {};

    /** @throws ServiceException INVALID_ARGUMENT naming the file and what is wrong with it */
    static Identity of(PemFile certificate, PemFile key, int number, Instant now) {
        List<X509Certificate> chain = certificate.certificates();
        X509Certificate own = chain.get(0);
        if (now.isAfter(own.getNotAfter().toInstant())) {
            throw certificate.refused("expired at " + own.getNotAfter().toInstant() + ": renew it");
        }
        if (now.isBefore(own.getNotBefore().toInstant())) {
            throw certificate.refused(
                    "is not valid before " + own.getNotBefore().toInstant() + ": check this machine's clock");
        }
        PrivateKey secret = PrivateKeys.read(key, own.getPublicKey());
        checkPair(certificate, key, own.getPublicKey(), secret);
        String alias = "certificate-" + number; // lower case: key stores do not tell cases apart
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, NO_PASSWORD);
            store.setKeyEntry(alias, secret, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
            KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
            factory.init(store, NO_PASSWORD);
            for (KeyManager manager : factory.getKeyManagers()) {
                if (manager instanceof X509ExtendedKeyManager keys) {
                    return new Identity(alias, keys, own.getNotAfter().toInstant());
                }
            }
            throw new IllegalStateException("the JDK's key manager is none for X.509");
        } catch (GeneralSecurityException | IOException e) {
            throw certificate.refused("cannot be used (" + e.getMessage() + ")");
        }
    }

    private static void checkPair(PemFile certificate, PemFile key, PublicKey open, PrivateKey secret) {
        String algorithm =
                switch (open.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default ->
                        throw certificate.refused("its key is of algorithm " + open.getAlgorithm()
                                + ", which not all clients take: use EC (P-256) or RSA");
                };
        boolean pair;
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(secret);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update(PROBE);
            pair = signature.verify(signed);
        } catch (GeneralSecurityException e) {
            pair = false;
        }
        if (!pair) {
            throw key.refused("is not the key of " + certificate.path() + ": both must be made together");
        }
    }
}
