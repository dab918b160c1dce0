package io.voxelflight.testkit;

class GcsStoreFaultTest extends StoreFaultContract {
    @Override
    TestServer server() {
        return TestGcs.start();
    }

    @Override
    String kind() {
        return "gs";
    }
}
