-- The label counts of chunks as rows. A label is any 64-bit number without a sign, which only numeric holds.
CREATE VIEW main.labels AS
SELECT k.id AS chunk_id, d.id AS dataset_id, d.name AS dataset, k.level, k.t, k.c, k.z, k.y, k.x,
       found.label::numeric(20, 0) AS label, found.voxels::bigint AS voxels
FROM chunk k
JOIN dataset d ON d.no = k.dataset_no AND d.kind = 'labels'
CROSS JOIN LATERAL jsonb_each_text(k.attrs -> 'labels') AS found (label, voxels);

COMMENT ON VIEW main.labels IS 'The labels in each chunk of label datasets; of a chunk with very many, the largest.';
COMMENT ON COLUMN main.labels.chunk_id IS 'Chunk it lies in (chunks.id).';
COMMENT ON COLUMN main.labels.dataset_id IS 'Dataset it belongs to (datasets.id).';
COMMENT ON COLUMN main.labels.dataset IS 'Name of that dataset.';
COMMENT ON COLUMN main.labels.level IS 'Scale level of the chunk, 0 the finest.';
COMMENT ON COLUMN main.labels.t IS 'Time point of the chunk.';
COMMENT ON COLUMN main.labels.c IS 'Channel of the chunk.';
COMMENT ON COLUMN main.labels.z IS 'First voxel of the chunk along z, at its level.';
COMMENT ON COLUMN main.labels.y IS 'First voxel of the chunk along y.';
COMMENT ON COLUMN main.labels.x IS 'First voxel of the chunk along x.';
COMMENT ON COLUMN main.labels.label IS 'Value of the voxels.';
COMMENT ON COLUMN main.labels.voxels IS 'How many voxels of the chunk have it.';
