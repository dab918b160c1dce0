-- What callers used. Servers count in memory and add sums in batches. The name of a dataset is kept beside its id: usage is to
-- be told also after the dataset was removed.
CREATE TABLE usage_hour (
    hour_start timestamptz NOT NULL,
    caller_id  text NOT NULL,
    caller     text NOT NULL,
    dataset_id uuid,
    dataset    text,
    door       text NOT NULL,
    requests   bigint NOT NULL,
    blocks     bigint NOT NULL,
    bytes      bigint NOT NULL,
    sql_ms     bigint NOT NULL
);
CREATE UNIQUE INDEX usage_hour_key ON usage_hour (hour_start, caller_id, caller, dataset_id, dataset, door) NULLS NOT DISTINCT;

-- The last batch of each server that counts: one whose outcome the server does not know can be sent again.
CREATE TABLE usage_writer (
    id         uuid PRIMARY KEY,
    batch      bigint NOT NULL,
    written_at timestamptz NOT NULL
);

-- A partition a day, made ahead, dropped as a whole.
CREATE TABLE block_access (
    accessed_at timestamptz NOT NULL,
    request_id  text NOT NULL,
    caller_id   text NOT NULL,
    caller      text NOT NULL,
    dataset_id  uuid NOT NULL,
    dataset     text NOT NULL,
    door        text NOT NULL,
    level       integer NOT NULL,
    t           bigint NOT NULL,
    c           bigint NOT NULL,
    z           bigint NOT NULL,
    y           bigint NOT NULL,
    x           bigint NOT NULL
) PARTITION BY RANGE (accessed_at);

CREATE VIEW main.usage AS
SELECT hour_start, caller_id, caller, dataset_id, dataset, door, requests, blocks, bytes, sql_ms FROM usage_hour;

CREATE VIEW main.block_access AS
SELECT accessed_at, request_id, caller_id, caller, dataset_id, dataset, door, level, t, c, z, y, x FROM block_access;

COMMENT ON VIEW main.usage IS 'What callers used, summed up by hour: your own rows, admins see all callers.';
COMMENT ON COLUMN main.usage.hour_start IS 'Begin of the hour in which calls ended.';
COMMENT ON COLUMN main.usage.caller_id IS 'Tells callers apart: key: and the public part of an API key, or the issuer and subject of a token.';
COMMENT ON COLUMN main.usage.caller IS 'Name of the key, or subject of the token.';
COMMENT ON COLUMN main.usage.dataset_id IS 'Dataset that was read (datasets.id while it exists); NULL: none, or several.';
COMMENT ON COLUMN main.usage.dataset IS 'Name of that dataset.';
COMMENT ON COLUMN main.usage.door IS 'flight (blocks over Flight), sql, http, or zarr (the Zarr view).';
COMMENT ON COLUMN main.usage.requests IS 'Calls that ended, refused ones too.';
COMMENT ON COLUMN main.usage.blocks IS 'Blocks that were sent.';
COMMENT ON COLUMN main.usage.bytes IS 'Bytes of the blocks and rows that were sent, as they lie in memory.';
COMMENT ON COLUMN main.usage.sql_ms IS 'Milliseconds that statements ran, time that clients let them wait left out.';
COMMENT ON VIEW main.block_access IS 'Blocks that were sent, all or a sample as the server is told: your own, admins see those of all callers.';
COMMENT ON COLUMN main.block_access.accessed_at IS 'When it was sent.';
COMMENT ON COLUMN main.block_access.request_id IS 'Call that asked for it, as the answer''s x-request-id.';
COMMENT ON COLUMN main.block_access.caller_id IS 'Who asked for it (usage.caller_id).';
COMMENT ON COLUMN main.block_access.caller IS 'Name of the key, or subject of the token.';
COMMENT ON COLUMN main.block_access.dataset_id IS 'Dataset it belongs to (datasets.id while it exists).';
COMMENT ON COLUMN main.block_access.dataset IS 'Name of that dataset.';
COMMENT ON COLUMN main.block_access.door IS 'flight, sql, http or zarr.';
COMMENT ON COLUMN main.block_access.level IS 'Scale level, 0 the finest.';
COMMENT ON COLUMN main.block_access.t IS 'Time point of its first voxel.';
COMMENT ON COLUMN main.block_access.c IS 'Channel of its first voxel.';
COMMENT ON COLUMN main.block_access.z IS 'First voxel along z, at the level.';
COMMENT ON COLUMN main.block_access.y IS 'First voxel along y.';
COMMENT ON COLUMN main.block_access.x IS 'First voxel along x.';
