package io.voxelflight.blockio.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Finds the volumes of all formats in a plain folder that is none itself. */
final class VolumeFolder {
    private static final int MAX_DEPTH = 4;

    /** How many folders are looked at. */
    private static final int MAX_FOLDERS = 5_000;

    private final Function<Documents, Optional<StoredVolume>> formats;
    private final List<String> found = new ArrayList<>();
    private int left = MAX_FOLDERS;

    /** @param formats what a format knows at a place, if one does */
    VolumeFolder(Function<Documents, Optional<StoredVolume>> formats) {
        this.formats = formats;
    }

    /** What lies below; empty if nothing does, or if there are too many folders to find out. */
    Optional<StoredVolume> search(Documents documents) {
        boolean whole = search(documents, "", 0);
        return whole && !found.isEmpty() ? Optional.of(new StoredVolume.Many("folder", found)) : Optional.empty();
    }

    private boolean search(Documents documents, String path, int depth) {
        if (depth == MAX_DEPTH) {
            return true;
        }
        for (String folder : documents.folders(path).orElse(List.of())) {
            if (--left < 0) {
                return false;
            }
            String below = path.isEmpty() ? folder : path + "/" + folder;
            Optional<StoredVolume> volume = formats.apply(new Below(documents, below));
            if (volume.isEmpty()) {
                if (!search(documents, below, depth + 1)) {
                    return false;
                }
            } else if (volume.get() instanceof StoredVolume.Many many) {
                many.paths().forEach(inner -> found.add(below + "/" + inner));
            } else {
                found.add(below);
            }
        }
        return true;
    }

    /** The documents of a folder. */
    private record Below(Documents documents, String path) implements Documents {
        @Override
        public Optional<JsonNode> read(String key) {
            return documents.read(path + "/" + key);
        }

        @Override
        public Optional<List<String>> folders(String below) {
            return documents.folders(below.isEmpty() ? path : path + "/" + below);
        }

        @Override
        public String describe(String key) {
            return documents.describe(path + "/" + key);
        }
    }
}
