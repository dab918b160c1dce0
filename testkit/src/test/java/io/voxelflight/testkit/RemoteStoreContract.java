package io.voxelflight.testkit;

import io.voxelflight.blockio.fetch.ByteStore;
import io.voxelflight.blockio.fetch.StoreSettings;
import io.voxelflight.blockio.fetch.Stores;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** {@link ByteStoreContract} for a store whose objects a server holds. */
abstract class RemoteStoreContract extends ByteStoreContract {
    private final List<AutoCloseable> opened = new ArrayList<>();

    abstract TestServer server();

    @Override
    protected ByteStore open(Map<String, byte[]> objects) {
        TestServer server = server();
        opened.add(server);
        objects.forEach(server::put);
        Stores stores = new Stores();
        opened.add(0, stores);
        return stores.open(server.uri(), StoreSettings.DEFAULT);
    }

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }
}
