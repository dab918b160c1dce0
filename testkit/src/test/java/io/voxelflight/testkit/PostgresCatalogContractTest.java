package io.voxelflight.testkit;

import io.voxelflight.catalog.api.DatasetDetails;
import io.voxelflight.catalog.api.DatasetPublisher;
import io.voxelflight.catalog.api.DatasetReader;
import io.voxelflight.catalog.postgres.PostgresCatalog;
import io.voxelflight.catalog.postgres.PostgresDetails;
import io.voxelflight.catalog.postgres.PostgresPublisher;

class PostgresCatalogContractTest extends DatasetCatalogContract {
    @Override
    protected DatasetPublisher publisher() {
        return new PostgresPublisher(TestDatabase.shared().owner());
    }

    @Override
    protected DatasetReader reader() {
        return new PostgresCatalog(TestDatabase.shared().owner());
    }

    @Override
    protected DatasetDetails details() {
        return new PostgresDetails(TestDatabase.shared().owner());
    }
}
