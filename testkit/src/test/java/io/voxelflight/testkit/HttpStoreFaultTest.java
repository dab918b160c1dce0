package io.voxelflight.testkit;

class HttpStoreFaultTest extends StoreFaultContract {
    @Override
    TestServer server() {
        return TestHttp.start();
    }

    @Override
    String kind() {
        return "http";
    }
}
