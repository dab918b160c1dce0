-- What the cache was worth to whom.
ALTER TABLE usage_hour
    ADD COLUMN chunks     bigint NOT NULL DEFAULT 0,
    ADD COLUMN cache_hits bigint NOT NULL DEFAULT 0;

CREATE OR REPLACE VIEW main.usage AS
SELECT hour_start, caller_id, caller, dataset_id, dataset, door, requests, blocks, bytes, sql_ms, chunks, cache_hits FROM usage_hour;

COMMENT ON COLUMN main.usage.chunks IS 'Chunks that blocks were cut from, each time one was.';
COMMENT ON COLUMN main.usage.cache_hits IS 'How many of those chunks the cache had, in memory or on its disk, or was loading for another caller.';
