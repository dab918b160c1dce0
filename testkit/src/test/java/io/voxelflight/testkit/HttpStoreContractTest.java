package io.voxelflight.testkit;

class HttpStoreContractTest extends RemoteStoreContract {
    @Override
    TestServer server() {
        return TestHttp.start();
    }
}
