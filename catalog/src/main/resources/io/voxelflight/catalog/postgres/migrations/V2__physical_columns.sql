-- Where a chunk lies in nanometres, beside its voxels. The join is left out by the planner where no such column is asked for:
-- a chunk has at most one level.
CREATE OR REPLACE VIEW main.chunks AS
SELECT k.id, d.id AS dataset_id, d.name AS dataset, k.level, k.t, k.c, k.z, k.y, k.x,
       k.size_z, k.size_y, k.size_x, k.vmin, k.vmax, k.mean, k.stddev, k.nonzero_fraction, k.entropy,
       k.byte_size, k.checksum, k.bbox, k.attrs, d.created_at,
       k.z * l.voxel_size[1] AS z_nm, k.y * l.voxel_size[2] AS y_nm, k.x * l.voxel_size[3] AS x_nm,
       k.size_z * l.voxel_size[1] AS size_z_nm, k.size_y * l.voxel_size[2] AS size_y_nm,
       k.size_x * l.voxel_size[3] AS size_x_nm
FROM chunk k
JOIN dataset d ON d.no = k.dataset_no
LEFT JOIN level l ON l.dataset_no = k.dataset_no AND l.level = k.level;

COMMENT ON COLUMN main.chunks.z_nm IS 'First voxel along z in nanometres; NULL if the voxel size is unknown.';
COMMENT ON COLUMN main.chunks.y_nm IS 'First voxel along y in nanometres.';
COMMENT ON COLUMN main.chunks.x_nm IS 'First voxel along x in nanometres.';
COMMENT ON COLUMN main.chunks.size_z_nm IS 'Valid extent along z in nanometres; NULL if the voxel size is unknown.';
COMMENT ON COLUMN main.chunks.size_y_nm IS 'Valid extent along y in nanometres.';
COMMENT ON COLUMN main.chunks.size_x_nm IS 'Valid extent along x in nanometres.';
