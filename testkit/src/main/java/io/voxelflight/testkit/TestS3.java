package io.voxelflight.testkit;

import java.io.ByteArrayInputStream;
import java.net.URI;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** An S3 server in this JVM (s3proxy over memory) with one bucket. */
public final class TestS3 implements TestServer {
    private static final String BUCKET = "volumes";

    private final TransientNio2BlobStore store;
    private final S3Proxy proxy;
    private final boolean anonymous;

    private TestS3(@Nullable String identity, String credential) {
        store = new TransientNio2BlobStore();
        store.createContainer(BUCKET);
        anonymous = identity == null;
        proxy = S3Proxy.builder()
                .blobStore(store)
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(
                        anonymous ? AuthenticationType.NONE : AuthenticationType.AWS_V2_OR_V4,
                        identity == null ? "" : identity,
                        credential)
                .ignoreUnknownHeaders(true)
                .stopTimeout(0)
                .build();
        try {
            proxy.start();
        } catch (Exception e) {
            throw new IllegalStateException("s3proxy does not start", e);
        }
    }

    /** Starts a server that lets everybody in. */
    public static TestS3 start() {
        return new TestS3(null, "");
    }

    /** Starts a server that lets in who signs with this key. */
    public static TestS3 start(String accessKeyId, String secretAccessKey) {
        return new TestS3(accessKeyId, secretAccessKey);
    }

    @Override
    public void put(String key, byte[] bytes) {
        PutObjectRequest request = PutObjectRequest.builder()
                .bucket(BUCKET)
                .key(key)
                .contentLength((long) bytes.length)
                .build();
        store.putBlob(request, new ByteArrayInputStream(bytes));
        store.setBlobAccess(BUCKET, key, ObjectCannedACL.PRIVATE); // else the file's mode lets everybody read
    }

    @Override
    public URI uri() {
        return uri("127.0.0.1", port());
    }

    @Override
    public URI uri(String host, int otherPort) {
        return URI.create("s3://" + BUCKET + "?endpoint=http://" + host + ":" + otherPort + "&region=us-east-1"
                + (anonymous ? "&anonymous=true" : ""));
    }

    @Override
    public int port() {
        return proxy.getPort();
    }

    @Override
    public void close() {
        try {
            proxy.stop();
        } catch (Exception e) {
            throw new IllegalStateException("s3proxy does not stop", e);
        }
        store.close();
    }
}
