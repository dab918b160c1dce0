package io.voxelflight.testkit;

import io.voxelflight.catalog.api.ChunkIndex;
import io.voxelflight.catalog.api.DatasetPublisher;
import io.voxelflight.catalog.postgres.PostgresChunkIndex;
import io.voxelflight.catalog.postgres.PostgresPublisher;

class PostgresChunkIndexContractTest extends ChunkIndexContract {
    @Override
    protected DatasetPublisher publisher() {
        return new PostgresPublisher(TestDatabase.shared().owner());
    }

    @Override
    protected ChunkIndex index() {
        return new PostgresChunkIndex(TestDatabase.shared().owner());
    }
}
