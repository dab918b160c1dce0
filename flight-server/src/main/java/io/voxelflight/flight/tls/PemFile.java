package io.voxelflight.flight.tls;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A PEM file, read whole (RFC 7468).
 *
 * @param option of the command line that names it, for messages
 */
record PemFile(String option, Path path, byte[] bytes) {
    /** A chain of ten certificates has 20 KB; a bundle of all public authorities 250 KB. */
    private static final int MOST_BYTES = 1 << 20;

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

    /**
     * What one pair of BEGIN and END encloses.
     *
     * @param text between them: base64, after headers if it is encrypted in the old manner
     */
    record Block(String label, String text) {}

    /** @throws ServiceException INVALID_ARGUMENT */
    static PemFile read(String option, Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            PemFile file = new PemFile(option, path, bytes);
            if (bytes.length > MOST_BYTES) {
                throw file.refused("has more than " + MOST_BYTES + " bytes, that is no PEM file");
            }
            return file;
        } catch (NoSuchFileException e) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT, option + " " + path + " is not there: check the path", e);
        } catch (IOException e) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    option + " " + path + " cannot be read (" + e + "): the server's user must be allowed to",
                    e);
        }
    }

    /** Its blocks, in order; none if it is no PEM file. */
    List<Block> blocks() {
        Matcher found = BLOCK.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
        List<Block> blocks = new ArrayList<>();
        while (found.find()) {
            blocks.add(new Block(found.group(1), found.group(2)));
        }
        return blocks;
    }

    /**
     * Its certificates, one at least; other blocks are passed over.
     *
     * @throws ServiceException INVALID_ARGUMENT
     */
    List<X509Certificate> certificates() {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks()) {
                if (block.label.equals("CERTIFICATE")) {
                    certificates.add(
                            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(decode(block))));
                }
            }
        } catch (CertificateException e) {
            throw refused("certificate " + (certificates.size() + 1) + " cannot be read (" + e.getMessage() + ")");
        }
        if (certificates.isEmpty()) {
            throw refused("has no certificate: a PEM file with '-----BEGIN CERTIFICATE-----' is needed");
        }
        return certificates;
    }

    byte[] decode(Block block) {
        try {
            return Base64.getMimeDecoder().decode(block.text);
        } catch (IllegalArgumentException e) {
            throw refused("its block '" + block.label + "' is no base64");
        }
    }

    ServiceException refused(String why) {
        return new ServiceException(ErrorCode.INVALID_ARGUMENT, option + " " + path + ": " + why);
    }

    /** Without what is in it. */
    @Override
    public String toString() {
        return option + " " + path;
    }
}
