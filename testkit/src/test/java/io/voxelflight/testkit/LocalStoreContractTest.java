package io.voxelflight.testkit;

import io.voxelflight.blockio.fetch.ByteStore;
import io.voxelflight.blockio.fetch.LocalStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

class LocalStoreContractTest extends ByteStoreContract {
    @TempDir
    Path folder;

    @Override
    protected ByteStore open(Map<String, byte[]> objects) throws Exception {
        for (Map.Entry<String, byte[]> object : objects.entrySet()) {
            Path file = folder.resolve(object.getKey());
            Files.createDirectories(file.resolve("..").normalize());
            Files.write(file, object.getValue());
        }
        return new LocalStore(folder, 4);
    }
}
