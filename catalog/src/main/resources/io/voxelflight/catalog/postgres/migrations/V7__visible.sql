-- The tables as a caller sees them who may see some datasets only. A condition beside the user's own would not do: PostgreSQL
-- may look at the user's first, and a cast of theirs that fails would tell a hidden row's value. The rows of a function are
-- made before the user's conditions are looked at: these are SECURITY DEFINER because such a function is never merged into the
-- query that calls it. Each takes the columns of the view in main as it is when it is called.
CREATE SCHEMA visible;

CREATE FUNCTION visible.datasets(ids uuid[]) RETURNS SETOF main.datasets
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE AS $$ SELECT * FROM main.datasets WHERE id = ANY (ids) $$;

CREATE FUNCTION visible.levels(ids uuid[]) RETURNS SETOF main.levels
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE AS $$ SELECT * FROM main.levels WHERE dataset_id = ANY (ids) $$;

CREATE FUNCTION visible.acquisitions(ids uuid[]) RETURNS SETOF main.acquisitions
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE AS $$ SELECT * FROM main.acquisitions WHERE dataset_id = ANY (ids) $$;

-- ids and caller: NULL for all. What is about no dataset everybody may see of themselves.
CREATE FUNCTION visible.usage(ids uuid[], caller text) RETURNS SETOF main.usage
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE AS $$
    SELECT * FROM main.usage u
    WHERE (ids IS NULL OR u.dataset_id IS NULL OR u.dataset_id = ANY (ids)) AND ($2 IS NULL OR u.caller_id = $2)
$$;

CREATE FUNCTION visible.block_access(ids uuid[], caller text) RETURNS SETOF main.block_access
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE AS $$
    SELECT * FROM main.block_access b
    WHERE (ids IS NULL OR b.dataset_id = ANY (ids)) AND ($2 IS NULL OR b.caller_id = $2)
$$;

-- Chunks may be a thousand million: their rows cannot be made beforehand. Hidden datasets' partitions are not read at all
-- (dataset_no is compared with constants), and what a row says of its dataset comes from a function as above.
CREATE FUNCTION visible.datasets_of_chunks(ids uuid[])
RETURNS TABLE (dataset_no integer, dataset_id uuid, dataset text, created_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE AS $$
    SELECT no, id, name, created_at FROM voxelflight.dataset WHERE id = ANY (ids)
$$;

CREATE FUNCTION visible.datasets_of_labels(ids uuid[]) RETURNS TABLE (dataset_no integer, dataset_id uuid, dataset text)
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL SAFE AS $$
    SELECT no, id, name FROM voxelflight.dataset WHERE id = ANY (ids) AND kind = 'labels'
$$;

CREATE VIEW visible.chunks AS
SELECT k.id, k.level, k.t, k.c, k.z, k.y, k.x, k.size_z, k.size_y, k.size_x, k.vmin, k.vmax, k.mean, k.stddev,
       k.nonzero_fraction, k.entropy, k.byte_size, k.checksum, k.bbox, k.attrs,
       k.z * l.voxel_size[1] AS z_nm, k.y * l.voxel_size[2] AS y_nm, k.x * l.voxel_size[3] AS x_nm,
       k.size_z * l.voxel_size[1] AS size_z_nm, k.size_y * l.voxel_size[2] AS size_y_nm,
       k.size_x * l.voxel_size[3] AS size_x_nm, k.dataset_no
FROM chunk k
LEFT JOIN level l ON l.dataset_no = k.dataset_no AND l.level = k.level;

CREATE VIEW visible.labels AS
SELECT k.id AS chunk_id, k.level, k.t, k.c, k.z, k.y, k.x,
       found.label::numeric(20, 0) AS label, found.voxels::bigint AS voxels, k.dataset_no
FROM chunk k
CROSS JOIN LATERAL jsonb_each_text(k.attrs -> 'labels') AS found (label, voxels);
