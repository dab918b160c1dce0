package io.voxelflight.ingestion.source;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says what something is that cannot be ingested, so that its owner need not wonder. */
final class Guess {
    private Guess() {}

    /** A noun phrase, such as {@code a PNG picture}. */
    static String what(Path path) {
        return Files.isDirectory(path) ? folder(path) : file(path);
    }

    private static String folder(Path path) {
        if (Stream.of("zarr.json", ".zgroup", ".zarray").anyMatch(name -> Files.exists(path.resolve(name)))) {
            return "a Zarr volume, which is served in place instead (register)";
        }
        if (Files.exists(path.resolve("attributes.json"))) {
            return "an N5 volume";
        }
        if (Files.exists(path.resolve("info"))) {
            return "a folder with a file 'info', such as a Neuroglancer precomputed volume";
        }
        List<String> names;
        try (Stream<Path> children = Files.list(path)) {
            names = children.limit(4)
                    .map(child -> String.valueOf(child.getFileName()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new ServiceException(ErrorCode.UNAVAILABLE, path + " cannot be listed: " + e.getMessage(), e);
        }
        return names.isEmpty()
                ? "an empty folder"
                : "a folder without TIFF slices (it has "
                        + names.stream().limit(3).collect(Collectors.joining(", "))
                        + (names.size() > 3 ? ", ..." : "") + ")";
    }

    private static String file(Path path) {
        FirstBytes first = FirstBytes.of(path);
        if (first.length() == 0) {
            return "an empty file";
        }
        if (first.hasAt(0, "\u0089PNG")) {
            return "a PNG picture, not a volume: store the slices as TIFF";
        }
        if (first.hasAt(0, "\u00ff\u00d8\u00ff")) {
            return "a JPEG picture, not a volume";
        }
        if (first.hasAt(0, "\u001f\u008b")) {
            return "compressed with gzip and no .nii.gz: decompress it first (gunzip)";
        }
        if (first.hasAt(0, "PK\u0003\u0004")) {
            return "a ZIP archive (.zip, .npz): unpack it first";
        }
        if (first.hasAt(208, "MAP ")) {
            return "an MRC map, which is not supported yet: convert it to TIFF or HDF5";
        }
        if (first.hasAt(0, "\0\0\0\u0003") || first.hasAt(0, "\0\0\0\u0004")) {
            return "perhaps a DigitalMicrograph file (.dm3, .dm4), which is not supported yet: convert it to TIFF";
        }
        if (first.hasAt(0, "NRRD")) {
            return "an NRRD file, which is not supported yet: convert it to NIfTI or HDF5";
        }
        if (first.hasAt(0, "ZISRAWFILE")) {
            return "a Zeiss CZI file, which is not supported: export it as OME-TIFF";
        }
        if (first.hasAt(0, "\u00da\u00ce\u00be\n")) {
            return "a Nikon ND2 file, which is not supported: export it as OME-TIFF";
        }
        if (first.hasAt(0, "p\0\0\0")) {
            return "perhaps a Leica LIF file, which is not supported: export it as OME-TIFF";
        }
        return "of no known format (it begins with " + first.hex() + ")";
    }
}
