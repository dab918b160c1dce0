package io.voxelflight.blockio.assemble;

import com.fasterxml.jackson.databind.JsonNode;
import io.voxelflight.blockio.fetch.ByteRange;
import io.voxelflight.blockio.fetch.ByteStore;
import io.voxelflight.blockio.fetch.ObjectLister;
import io.voxelflight.blockio.format.Documents;
import io.voxelflight.blockio.format.Metadata;
import io.voxelflight.model.Cancellation;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** Metadata documents of a store. */
record StoreDocuments(ByteStore store) implements Documents {
    /** Names in one folder; one of an unsharded volume may hold more, but then it is none that is searched for volumes. */
    private static final long MAX_NAMES = 1_000_000;

    @Override
    public Optional<JsonNode> read(String key) {
        ByteStore.Fetched fetched = store.fetch(
                key,
                ByteRange.WHOLE,
                bytes -> {
                    if (bytes > Metadata.MAX_BYTES) {
                        throw new ServiceException(
                                ErrorCode.CORRUPT_DATA,
                                store.describe(key) + " has " + bytes + " bytes, metadata has at most "
                                        + Metadata.MAX_BYTES);
                    }
                    return ByteBuffer.allocateDirect((int) bytes);
                },
                new Cancellation());
        if (fetched == null) {
            return Optional.empty();
        }
        byte[] document = new byte[fetched.bytes().remaining()];
        fetched.bytes().get(document);
        return Optional.of(Metadata.parse(document, store.describe(key)));
    }

    @Override
    public Optional<List<String>> folders(String path) {
        if (!(store instanceof ObjectLister lister)) {
            return Optional.empty();
        }
        return Optional.of(lister.list(path, MAX_NAMES).stream()
                .filter(name -> name.endsWith("/"))
                .map(name -> name.substring(0, name.length() - 1))
                .sorted()
                .toList());
    }

    @Override
    public String describe(String key) {
        return store.describe(key);
    }
}
