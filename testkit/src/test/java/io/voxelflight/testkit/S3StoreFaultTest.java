package io.voxelflight.testkit;

class S3StoreFaultTest extends StoreFaultContract {
    @Override
    TestServer server() {
        return TestS3.start();
    }

    @Override
    String kind() {
        return "s3";
    }
}
