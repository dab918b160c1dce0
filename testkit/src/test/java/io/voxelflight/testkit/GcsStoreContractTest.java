package io.voxelflight.testkit;

class GcsStoreContractTest extends RemoteStoreContract {
    @Override
    TestServer server() {
        return TestGcs.start();
    }
}
