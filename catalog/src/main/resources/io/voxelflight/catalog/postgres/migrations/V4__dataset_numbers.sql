-- A query that names a dataset is to be planned for that dataset's partition alone, whatever the number of datasets: the
-- planner prunes by dataset_no, if it is compared with a constant. So the views show the number (to the SQL layer, which does
-- not show it to users), and functions find it. They are called IMMUTABLE so that the planner calls them: true for one
-- statement, which is planned and run at once; nothing may keep a plan with them. No dataset has the number -1.
CREATE OR REPLACE VIEW main.chunks AS
SELECT k.id, d.id AS dataset_id, d.name AS dataset, k.level, k.t, k.c, k.z, k.y, k.x,
       k.size_z, k.size_y, k.size_x, k.vmin, k.vmax, k.mean, k.stddev, k.nonzero_fraction, k.entropy,
       k.byte_size, k.checksum, k.bbox, k.attrs, d.created_at,
       k.z * l.voxel_size[1] AS z_nm, k.y * l.voxel_size[2] AS y_nm, k.x * l.voxel_size[3] AS x_nm,
       k.size_z * l.voxel_size[1] AS size_z_nm, k.size_y * l.voxel_size[2] AS size_y_nm,
       k.size_x * l.voxel_size[3] AS size_x_nm, k.dataset_no
FROM chunk k
JOIN dataset d ON d.no = k.dataset_no
LEFT JOIN level l ON l.dataset_no = k.dataset_no AND l.level = k.level;

CREATE OR REPLACE VIEW main.labels AS
SELECT k.id AS chunk_id, d.id AS dataset_id, d.name AS dataset, k.level, k.t, k.c, k.z, k.y, k.x,
       found.label::numeric(20, 0) AS label, found.voxels::bigint AS voxels, k.dataset_no
FROM chunk k
JOIN dataset d ON d.no = k.dataset_no AND d.kind = 'labels'
CROSS JOIN LATERAL jsonb_each_text(k.attrs -> 'labels') AS found (label, voxels);

CREATE FUNCTION main.dataset_number(name text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce((SELECT d.no FROM dataset d WHERE d.name = dataset_number.name), -1);
END;

CREATE FUNCTION main.dataset_number_of_id(id uuid) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce((SELECT d.no FROM dataset d WHERE d.id = dataset_number_of_id.id), -1);
END;

CREATE FUNCTION main.dataset_numbers_of_ids(ids uuid[]) RETURNS integer[]
LANGUAGE sql IMMUTABLE STRICT SECURITY DEFINER PARALLEL SAFE
BEGIN ATOMIC
    SELECT coalesce(array_agg(d.no), '{}') FROM dataset d WHERE d.id = ANY (dataset_numbers_of_ids.ids);
END;
