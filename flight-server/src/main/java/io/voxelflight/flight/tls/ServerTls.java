package io.voxelflight.flight.tls;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's certificate and its clients' authorities, as the files are now. New connections get what new files say;
 * connections that are there go on. Files are looked at every second; a change counts when two looks have seen the same, so
 * that one file of two, or half of one, is not taken for the new state. What cannot be used is told once, and what was
 * there goes on.
 */
public final class ServerTls implements AutoCloseable {
    /** The versions that are spoken. */
    public static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    /** For how long a client may resume a session without showing its certificate again. */
    public static final Duration SESSION = Duration.ofMinutes(5);

    private static final Logger log = LoggerFactory.getLogger(ServerTls.class);
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** The files of one moment. */
    private record Files(
            PemFile certificate, PemFile key, @Nullable PemFile clients) {
        static Files read(TlsSettings settings) {
            Path clients = settings.clientAuthorities();
            return new Files(
                    PemFile.read("--tls-cert", settings.certificate()),
                    PemFile.read("--tls-key", settings.key()),
                    clients == null ? null : PemFile.read("--tls-client-ca", clients));
        }

        boolean same(Files other) {
            return Arrays.equals(certificate.bytes(), other.certificate.bytes())
                    && Arrays.equals(key.bytes(), other.key.bytes())
                    && Arrays.equals(
                            clients == null ? null : clients.bytes(),
                            other.clients == null ? null : other.clients.bytes());
        }
    }

    private final TlsSettings settings;
    private final Clock clock;
    private final CurrentIdentity identity;
    private final @Nullable CurrentAuthorities authorities;
    private final ScheduledExecutorService looking;

    private Files used;
    private Files seen;
    private @Nullable String failing;
    private @Nullable String told;
    private int number;

    private ServerTls(TlsSettings settings, Clock clock, Files files) {
        this.settings = settings;
        this.clock = clock;
        this.used = files;
        this.seen = files;
        this.identity = new CurrentIdentity(Identity.of(files.certificate(), files.key(), number, clock.instant()));
        this.authorities = files.clients() == null ? null : new CurrentAuthorities(files.clients());
        this.looking = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "tls-files");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Reads the files and begins to watch them.
     *
     * @throws ServiceException INVALID_ARGUMENT naming the file and what is wrong with it
     */
    public static ServerTls open(TlsSettings settings, Clock clock) {
        ServerTls tls = new ServerTls(settings, clock, Files.read(settings));
        Future<?> unused =
                tls.looking.scheduleWithFixedDelay(tls::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
        return tls;
    }

    public X509ExtendedKeyManager keys() {
        return identity;
    }

    /** Says which clients' certificates are taken; empty: clients need none. */
    public Optional<X509ExtendedTrustManager> clients() {
        return Optional.ofNullable(authorities);
    }

    /** The same for a library that wants the JDK's TLS. Whether clients need a certificate, its user has to say. */
    public SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    new KeyManager[] {identity},
                    authorities == null ? new TrustManager[0] : new TrustManager[] {authorities},
                    null);
            context.getServerSessionContext().setSessionTimeout(Math.toIntExact(SESSION.toSeconds()));
            return context;
        } catch (GeneralSecurityException e) {
            throw new ServiceException(ErrorCode.INTERNAL, "this Java cannot speak TLS: " + e.getMessage(), e);
        }
    }

    /** Looks at the files, as the watching thread does. */
    synchronized void look() {
        try {
            Files now = Files.read(settings);
            boolean still = now.same(seen);
            seen = now;
            if (still && !now.same(used)) {
                take(now);
            }
            failing = null;
            if (now.same(used)) {
                told = null;
            }
        } catch (ServiceException e) {
            tell(e.line());
        } catch (RuntimeException e) {
            tell("the files cannot be looked at: " + e);
        }
    }

    private void take(Files now) {
        Identity next = Identity.of(now.certificate(), now.key(), number + 1, clock.instant());
        if (authorities != null) {
            authorities.change(Objects.requireNonNull(now.clients())); // the last thing that can fail
        }
        number++;
        identity.change(next);
        used = now;
        log.info("the certificate of {} is in use, valid until {}", settings.certificate(), next.until());
    }

    private void tell(String why) {
        boolean lasts = why.equals(failing); // a file that is being replaced is missing for a moment
        failing = why;
        if (lasts && !why.equals(told)) {
            told = why;
            log.warn("the new TLS files are not used, those before go on: {}", why);
        }
    }

    @Override
    public void close() {
        looking.shutdownNow();
    }
}
