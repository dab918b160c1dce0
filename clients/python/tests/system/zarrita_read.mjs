// Reads all levels of a volume with zarrita, the Zarr reader of viewers in browsers, and prints what it found as JSON.
// Lies beside node_modules when it runs: that is where imports are looked for.
//   node zarrita_read.mjs URL
import { createHash } from "node:crypto";
import * as zarr from "zarrita";

const [url] = process.argv.slice(2);
const root = zarr.root(new zarr.FetchStore(url));
const group = await zarr.open(root, { kind: "group" });
const { multiscales } = group.attrs.ome ?? group.attrs;
const levels = [];
for (const { path } of multiscales[0].datasets) {
  const array = await zarr.open(root.resolve(path), { kind: "array" });
  const { data, shape } = await zarr.get(array);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  levels.push({ shape, dtype: array.dtype, sha256: createHash("sha256").update(bytes).digest("hex") });
}
console.log(JSON.stringify({ axes: multiscales[0].axes.map((axis) => axis.name), levels }));
