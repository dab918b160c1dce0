package io.voxelflight.flight.plan;

import io.voxelflight.blockio.assemble.ArrayReader;
import io.voxelflight.catalog.api.Dataset;
import io.voxelflight.catalog.api.DatasetReader;
import io.voxelflight.catalog.api.InPlace;
import io.voxelflight.catalog.api.Level;
import io.voxelflight.flight.access.Caller;
import io.voxelflight.flight.ticket.BlockRequest;
import io.voxelflight.flight.ticket.BlockTicket;
import io.voxelflight.flight.ticket.Origins;
import io.voxelflight.model.BlockShape;
import io.voxelflight.model.Box;
import io.voxelflight.model.DatasetName;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.Extent;
import io.voxelflight.model.ServiceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Resolves requests and tickets against the catalog. Safe for use by many threads. */
public final class Planner {
    private static final int UUID_LENGTH = 36;

    private final DatasetReader datasets;
    private final OpenVolumes volumes;
    private final PlanLimits limits;

    public Planner(DatasetReader datasets, OpenVolumes volumes, PlanLimits limits) {
        this.datasets = datasets;
        this.volumes = volumes;
        this.limits = limits;
    }

    /** The datasets that exist for a caller, by name. */
    public List<Dataset> datasets(Caller caller) {
        return datasets.datasets().stream()
                .filter(dataset -> caller.sees(dataset.name()))
                .toList();
    }

    /** The answer to a path of one part, for every dataset that exists for the caller. */
    public List<FlightPlan> planAll(Caller caller) {
        List<FlightPlan> plans = new ArrayList<>();
        for (Dataset dataset : datasets(caller)) {
            plans.add(plan(dataset, new BlockRequest(dataset.name(), 0, null, new BlockRequest.Grid())));
        }
        return plans;
    }

    /**
     * Resolves a request.
     *
     * @throws ServiceException NOT_FOUND for the dataset or level; INVALID_ARGUMENT for what reaches out of the volume;
     *     RESOURCE_EXHAUSTED for tensors that are too large
     */
    public FlightPlan plan(BlockRequest request, Caller caller) {
        return plan(find(request.dataset(), caller), request);
    }

    /** As {@link #plan(BlockRequest, Caller)}, for a dataset that was found for the caller just now. */
    public FlightPlan plan(Dataset dataset, BlockRequest request) {
        Level level = level(dataset, request.level());
        if (request.selection() instanceof BlockRequest.At at) {
            BlockShape block = checkBytes(dataset, shapeOr(request, BlockShape.DEFAULT));
            new BlocksAtOrigins(at.origins(), block, level.extent()).check();
            return new FlightPlan(
                    dataset, level, block, split(at.origins()), at.origins().size());
        }
        if (request.selection() instanceof BlockRequest.Within within) {
            Box box = within.box();
            if (!Box.of(level.extent()).contains(box)) {
                throw new ServiceException(
                        ErrorCode.INVALID_ARGUMENT,
                        "box " + box + " reaches out of dataset '" + dataset.name() + "', whose level " + level.level()
                                + " has " + level.extent() + " voxels (t, c, z, y, x)");
            }
            BlockShape suitable =
                    BoxBlock.choose(box, level.chunk(), dataset.elementType().bytes());
            return ranges(dataset, level, checkBytes(dataset, shapeOr(request, suitable)), box, false);
        }
        BlockShape block = checkBytes(dataset, shapeOr(request, BlockShape.DEFAULT));
        return ranges(dataset, level, block, Box.of(level.extent()), true);
    }

    private static BlockShape shapeOr(BlockRequest request, BlockShape shape) {
        BlockShape asked = request.block();
        return asked == null ? shape : asked;
    }

    private BlockShape checkBytes(Dataset dataset, BlockShape block) {
        long bytes = (long) block.voxels() * dataset.elementType().bytes();
        if (bytes > limits.blockBytes()) {
            throw new ServiceException(
                    ErrorCode.RESOURCE_EXHAUSTED,
                    "a block of " + block + " voxels of "
                            + dataset.elementType().numpyName() + " has " + bytes
                            + " bytes, this server sends blocks of at most " + limits.blockBytes()
                            + ": ask for smaller ones");
        }
        return block;
    }

    private FlightPlan ranges(Dataset dataset, Level level, BlockShape block, Box box, boolean wholeGrid) {
        long blocks = RangeOfGrid.blocks(box, block);
        if (blocks > limits.blocks()) {
            throw new ServiceException(
                    ErrorCode.INVALID_ARGUMENT,
                    "an answer has at most " + limits.blocks() + " blocks, " + box + " in blocks of " + block + " has "
                            + blocks + ": ask for larger ones, or for a part");
        }
        long perPart = Math.max(limits.blocksPerEndpoint(), (blocks + limits.endpoints() - 1) / limits.endpoints());
        List<BlockTicket.Part> parts = new ArrayList<>();
        for (long first = 0; first < blocks || parts.isEmpty(); first += perPart) {
            long count = Math.min(perPart, blocks - first);
            parts.add(
                    wholeGrid ? new BlockTicket.GridRange(first, count) : new BlockTicket.BoxRange(box, first, count));
        }
        return new FlightPlan(dataset, level, block, parts, blocks);
    }

    private List<BlockTicket.Part> split(Origins origins) {
        List<BlockTicket.Part> parts = new ArrayList<>();
        for (int first = 0; first < origins.size() || parts.isEmpty(); first += limits.originsPerEndpoint()) {
            int count = Math.min(limits.originsPerEndpoint(), origins.size() - first);
            parts.add(new BlockTicket.OriginList(origins.part(first, count)));
        }
        return parts;
    }

    /**
     * Opens what a ticket names.
     *
     * @throws ServiceException UNAUTHENTICATED if the ticket is another caller's; NOT_FOUND if the dataset was removed or
     *     made anew since, or taken from the caller; what opening its volume throws
     */
    public StreamPlan open(BlockTicket ticket, Caller caller) {
        if (!ticket.caller().equals(caller.id())) {
            throw new ServiceException(
                    ErrorCode.UNAUTHENTICATED, "the ticket was given to somebody else: ask for one with GetFlightInfo");
        }
        Dataset dataset = find(ticket.name(), caller);
        if (!dataset.id().equals(ticket.dataset())) {
            throw new ServiceException(
                    ErrorCode.NOT_FOUND,
                    "dataset '" + ticket.name() + "' was made anew since the ticket was given: ask for a new one with"
                            + " GetFlightInfo");
        }
        Level level = level(dataset, ticket.level());
        OpenLevel open = open(dataset, level);
        try {
            return new StreamPlan(
                    dataset, level.level(), ticket.block(), sequence(ticket, level), open.array(), open.lease());
        } catch (RuntimeException e) {
            open.close();
            throw e;
        }
    }

    /** Whether the ticket's volume is open, so that {@link #open(BlockTicket, Caller)} need not wait for a store. */
    public boolean isOpen(BlockTicket ticket) {
        return volumes.isOpen(ticket.dataset());
    }

    /**
     * Opens a level of a dataset, and checks that it is what the catalog says.
     *
     * @throws ServiceException CORRUPT_DATA if it is not; what opening its volume throws
     */
    public OpenLevel open(Dataset dataset, Level level) {
        OpenVolumes.Lease lease = volumes.acquire(dataset);
        try {
            return new OpenLevel(array(dataset, level, lease), lease);
        } catch (RuntimeException e) {
            lease.close();
            throw e;
        }
    }

    private static BlockSequence sequence(BlockTicket ticket, Level level) {
        if (ticket.part() instanceof BlockTicket.GridRange range) {
            return new RangeOfGrid(Box.of(level.extent()), ticket.block(), range.first(), range.count());
        }
        if (ticket.part() instanceof BlockTicket.BoxRange range) {
            return new RangeOfGrid(range.box(), ticket.block(), range.first(), range.count());
        }
        Origins origins = ((BlockTicket.OriginList) ticket.part()).origins();
        return new BlocksAtOrigins(origins, ticket.block(), level.extent());
    }

    private static ArrayReader array(Dataset dataset, Level level, OpenVolumes.Lease lease) {
        List<ArrayReader> arrays = lease.reader().levels();
        if (level.level() >= arrays.size()) {
            throw contradiction(dataset, "has " + arrays.size() + " levels, the catalog names level " + level.level());
        }
        ArrayReader array = arrays.get(level.level());
        Extent stored = array.extent();
        if (!stored.equals(level.extent())) {
            throw contradiction(
                    dataset,
                    "has " + stored + " voxels at level " + level.level() + ", the catalog says " + level.extent());
        }
        if (array.elementType() != dataset.elementType()) {
            throw contradiction(
                    dataset,
                    "holds " + array.elementType().numpyName() + ", the catalog says "
                            + dataset.elementType().numpyName());
        }
        return array;
    }

    private static ServiceException contradiction(Dataset dataset, String what) {
        return new ServiceException(
                ErrorCode.CORRUPT_DATA,
                "volume " + dataset.location() + " of dataset '" + dataset.name() + "' " + what + ": "
                        + (InPlace.of(dataset).isPresent()
                                ? "it changed, remove and register it anew"
                                : "ingest it anew"));
    }

    /** @throws ServiceException NOT_FOUND naming it, also for one that the caller may not see */
    public Dataset find(DatasetName name, Caller caller) {
        return (caller.sees(name) ? datasets.find(name) : Optional.<Dataset>empty()).orElseThrow(() -> unknown(name));
    }

    /** Says that there is no dataset of a name: in the same words whether there is none, or none for the caller. */
    public static ServiceException unknown(DatasetName name) {
        return new ServiceException(ErrorCode.NOT_FOUND, "there is no dataset '" + name + "'");
    }

    /**
     * Finds a dataset by its id, or else by its name.
     *
     * @throws ServiceException NOT_FOUND naming it, also for one that the caller may not see; INVALID_ARGUMENT for what is
     *     neither
     */
    public Dataset find(String nameOrId, Caller caller) {
        DatasetName name = new DatasetName(nameOrId);
        if (nameOrId.length() == UUID_LENGTH) {
            try {
                Optional<Dataset> found = datasets.find(UUID.fromString(nameOrId));
                if (found.isPresent() && caller.sees(found.get().name())) {
                    return found.get();
                }
            } catch (IllegalArgumentException e) {
                // a name as long as an id
            }
        }
        return find(name, caller);
    }

    /** @throws ServiceException NOT_FOUND naming it */
    public static Level level(Dataset dataset, int wanted) {
        for (Level level : dataset.levels()) {
            if (level.level() == wanted) {
                return level;
            }
        }
        throw new ServiceException(
                ErrorCode.NOT_FOUND,
                "dataset '" + dataset.name() + "' has no level " + wanted + ", its levels are 0 to "
                        + (dataset.levels().size() - 1));
    }
}
