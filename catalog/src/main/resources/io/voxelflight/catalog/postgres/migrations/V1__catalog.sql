-- Base tables in schema voxelflight, what SQL users see as views in schema main. Keys are integers: a chunk row carries
-- its dataset's number, not its uuid or name.

CREATE SCHEMA main;

CREATE TABLE dataset (
    no           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id           uuid NOT NULL UNIQUE,
    name         text NOT NULL UNIQUE,
    kind         text NOT NULL CHECK (kind IN ('image', 'labels')),
    dtype        text NOT NULL,
    axes         text NOT NULL,
    voxel_size   double precision[],
    modality     text,
    tags         text[] NOT NULL,
    location     text NOT NULL,
    attrs        jsonb NOT NULL,
    created_at   timestamptz NOT NULL,
    CHECK (voxel_size IS NULL OR cardinality(voxel_size) = 3)
);

CREATE TABLE acquisition (
    id           uuid PRIMARY KEY,
    dataset_no   integer NOT NULL REFERENCES dataset ON DELETE CASCADE,
    instrument   text,
    started_at   timestamptz,
    duration     interval,
    attrs        jsonb NOT NULL
);
CREATE INDEX ON acquisition (dataset_no);

CREATE TABLE level (
    dataset_no   integer NOT NULL REFERENCES dataset ON DELETE CASCADE,
    level        integer NOT NULL,
    extent       bigint[] NOT NULL CHECK (cardinality(extent) = 5), -- t, c, z, y, x
    chunk_shape  integer[] NOT NULL CHECK (cardinality(chunk_shape) = 3),
    shard_shape  integer[] NOT NULL CHECK (cardinality(shard_shape) = 3),
    voxel_size   double precision[],
    path         text NOT NULL,
    byte_size    bigint NOT NULL,
    chunks       bigint NOT NULL,
    PRIMARY KEY (dataset_no, level)
);

-- A partition per dataset, made by the transaction that publishes it, indexed after its rows are in. The ids of dataset
-- number n lie from n * 2^40 on, which each partition's CHECK says too: a query that names a range of ids is planned for
-- one partition only.
CREATE TABLE chunk (
    id               bigint NOT NULL,
    dataset_no       integer NOT NULL,
    level            integer NOT NULL,
    t                bigint NOT NULL,
    c                bigint NOT NULL,
    z                bigint NOT NULL,
    y                bigint NOT NULL,
    x                bigint NOT NULL,
    size_z           integer NOT NULL,
    size_y           integer NOT NULL,
    size_x           integer NOT NULL,
    vmin             double precision,
    vmax             double precision,
    mean             double precision,
    stddev           double precision,
    nonzero_fraction double precision NOT NULL,
    entropy          double precision,
    byte_size        bigint NOT NULL,
    checksum         bigint NOT NULL,
    bbox             integer[],
    attrs            jsonb NOT NULL
) PARTITION BY LIST (dataset_no);

-- An extent (t, c, z, y, x) reduced to the axes that a dataset has.
CREATE FUNCTION own_shape(extent bigint[], axes text) RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_agg(extent[position(letter IN 'tczyx')] ORDER BY place)
    FROM unnest(string_to_array(axes, NULL)) WITH ORDINALITY AS axis (letter, place)
$$;

CREATE VIEW main.datasets AS
SELECT d.id, d.name, d.kind, d.dtype, d.axes, own_shape(base.extent, d.axes) AS shape, d.voxel_size, d.modality, d.tags,
       total.levels, total.chunks, total.byte_size, d.created_at, d.attrs, d.no::bigint << 40 AS first_chunk_id
FROM dataset d
JOIN level base ON base.dataset_no = d.no AND base.level = 0
JOIN LATERAL (SELECT count(*)::integer AS levels, sum(chunks)::bigint AS chunks, sum(byte_size)::bigint AS byte_size
              FROM level WHERE dataset_no = d.no) total ON true;

CREATE VIEW main.acquisitions AS
SELECT a.id, d.id AS dataset_id, d.name AS dataset, a.instrument, a.started_at, a.duration, a.attrs
FROM acquisition a JOIN dataset d ON d.no = a.dataset_no;

CREATE VIEW main.levels AS
SELECT d.id AS dataset_id, d.name AS dataset, l.level, own_shape(l.extent, d.axes) AS shape,
       l.chunk_shape, l.shard_shape, l.voxel_size, l.chunks, l.byte_size, l.path
FROM level l JOIN dataset d ON d.no = l.dataset_no;

CREATE VIEW main.chunks AS
SELECT k.id, d.id AS dataset_id, d.name AS dataset, k.level, k.t, k.c, k.z, k.y, k.x,
       k.size_z, k.size_y, k.size_x, k.vmin, k.vmax, k.mean, k.stddev, k.nonzero_fraction, k.entropy,
       k.byte_size, k.checksum, k.bbox, k.attrs, d.created_at
FROM chunk k JOIN dataset d ON d.no = k.dataset_no;

COMMENT ON VIEW main.datasets IS 'Published datasets, one row each.';
COMMENT ON COLUMN main.datasets.id IS 'Stable identifier, never used again.';
COMMENT ON COLUMN main.datasets.name IS 'Unique name by which clients ask for it.';
COMMENT ON COLUMN main.datasets.kind IS 'image (intensities) or labels (object numbers).';
COMMENT ON COLUMN main.datasets.dtype IS 'Voxel type as NumPy names it.';
COMMENT ON COLUMN main.datasets.axes IS 'Axes the volume has, slowest first, out of t, c, z, y, x.';
COMMENT ON COLUMN main.datasets.shape IS 'Voxels along each of axes at level 0.';
COMMENT ON COLUMN main.datasets.voxel_size IS 'Edge lengths of a voxel at level 0 in nanometres, z y x; NULL if unknown.';
COMMENT ON COLUMN main.datasets.modality IS 'How it was imaged, such as FIB-SEM; NULL if unknown.';
COMMENT ON COLUMN main.datasets.tags IS 'Free words given at ingestion.';
COMMENT ON COLUMN main.datasets.levels IS 'Number of scale levels.';
COMMENT ON COLUMN main.datasets.chunks IS 'Number of chunks of all levels.';
COMMENT ON COLUMN main.datasets.byte_size IS 'Bytes its chunks take in the store, all levels.';
COMMENT ON COLUMN main.datasets.created_at IS 'When it was published.';
COMMENT ON COLUMN main.datasets.attrs IS 'Provenance, source metadata and settings.';
COMMENT ON COLUMN main.datasets.first_chunk_id IS 'Its chunks have ids from this one on, less than 2^40 further.';
COMMENT ON VIEW main.acquisitions IS 'How the voxels of a dataset were recorded, as far as the source says.';
COMMENT ON COLUMN main.acquisitions.id IS 'Stable identifier.';
COMMENT ON COLUMN main.acquisitions.dataset_id IS 'Dataset it belongs to (datasets.id).';
COMMENT ON COLUMN main.acquisitions.dataset IS 'Name of that dataset.';
COMMENT ON COLUMN main.acquisitions.instrument IS 'Microscope or scanner; NULL if unknown.';
COMMENT ON COLUMN main.acquisitions.started_at IS 'Start of the recording; NULL if unknown.';
COMMENT ON COLUMN main.acquisitions.duration IS 'Length of the recording; NULL if unknown.';
COMMENT ON COLUMN main.acquisitions.attrs IS 'What else the source says.';
COMMENT ON VIEW main.levels IS 'Scale levels of datasets; level 0 is the finest.';
COMMENT ON COLUMN main.levels.dataset_id IS 'Dataset it belongs to (datasets.id).';
COMMENT ON COLUMN main.levels.dataset IS 'Name of that dataset.';
COMMENT ON COLUMN main.levels.level IS 'Number of the level, 0 the finest.';
COMMENT ON COLUMN main.levels.shape IS 'Voxels along each axis of datasets.axes.';
COMMENT ON COLUMN main.levels.chunk_shape IS 'Voxels of a chunk, z y x.';
COMMENT ON COLUMN main.levels.shard_shape IS 'Voxels of a stored object, z y x.';
COMMENT ON COLUMN main.levels.voxel_size IS 'Edge lengths of a voxel of this level in nanometres, z y x; NULL if unknown.';
COMMENT ON COLUMN main.levels.chunks IS 'Number of chunks.';
COMMENT ON COLUMN main.levels.byte_size IS 'Bytes the chunks take in the store.';
COMMENT ON COLUMN main.levels.path IS 'Path of the array inside the stored volume.';
COMMENT ON VIEW main.chunks IS 'Every chunk of every level, with statistics over its valid voxels (NaN left out).';
COMMENT ON COLUMN main.chunks.id IS 'Stable identifier, unique across datasets.';
COMMENT ON COLUMN main.chunks.dataset_id IS 'Dataset it belongs to (datasets.id).';
COMMENT ON COLUMN main.chunks.dataset IS 'Name of that dataset.';
COMMENT ON COLUMN main.chunks.level IS 'Scale level, 0 the finest.';
COMMENT ON COLUMN main.chunks.t IS 'Time point.';
COMMENT ON COLUMN main.chunks.c IS 'Channel.';
COMMENT ON COLUMN main.chunks.z IS 'First voxel along z, at the chunk''s level.';
COMMENT ON COLUMN main.chunks.y IS 'First voxel along y.';
COMMENT ON COLUMN main.chunks.x IS 'First voxel along x.';
COMMENT ON COLUMN main.chunks.size_z IS 'Valid voxels along z: less than the chunk''s side at the edge.';
COMMENT ON COLUMN main.chunks.size_y IS 'Valid voxels along y.';
COMMENT ON COLUMN main.chunks.size_x IS 'Valid voxels along x.';
COMMENT ON COLUMN main.chunks.vmin IS 'Smallest value; NULL if all are NaN.';
COMMENT ON COLUMN main.chunks.vmax IS 'Largest value; NULL if all are NaN.';
COMMENT ON COLUMN main.chunks.mean IS 'Mean value; NULL if all are NaN.';
COMMENT ON COLUMN main.chunks.stddev IS 'Standard deviation of the voxels (population); NULL if all are NaN.';
COMMENT ON COLUMN main.chunks.nonzero_fraction IS 'Share of voxels that are not 0, from 0 to 1.';
COMMENT ON COLUMN main.chunks.entropy IS 'Entropy of the value histogram in bits; NULL for floats.';
COMMENT ON COLUMN main.chunks.byte_size IS 'Bytes in the store; 0 for a chunk of fill value only, which is not stored.';
COMMENT ON COLUMN main.chunks.checksum IS 'CRC-32C of the valid voxels in C order, little-endian.';
COMMENT ON COLUMN main.chunks.bbox IS 'Smallest box around the non-zero voxels, z0 y0 x0 z1 y1 x1, stop excluded; NULL if there are none.';
COMMENT ON COLUMN main.chunks.attrs IS 'Label counts {"labels": {"17": 2041}}, number of NaNs {"nan": 3}.';
COMMENT ON COLUMN main.chunks.created_at IS 'When its dataset was published.';
