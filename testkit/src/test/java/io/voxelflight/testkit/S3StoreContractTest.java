package io.voxelflight.testkit;

class S3StoreContractTest extends RemoteStoreContract {
    @Override
    TestServer server() {
        return TestS3.start();
    }
}
