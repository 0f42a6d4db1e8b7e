package io.r3mes.backend.block;

import io.r3mes.backend.miner.MinerService;
import io.r3mes.backend.user.UserRepository;
import io.r3mes.backend.web.NotFoundException;
import io.r3mes.backend.web.Sha256;
import io.r3mes.cache.spring.R3mesCacheInvalidate;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Writes the chain. Blocks and transactions invalidate all that is derived from it: the tag {@code chain}. */
@Service
public class ChainService {

    private static final int LARGEST_BLOCK = 100;
    private static final long REWARD = 50;

    private final BlockRepository blocks;
    private final UserRepository users;
    private final MinerService miners;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    ChainService(
            BlockRepository blocks,
            UserRepository users,
            MinerService miners,
            ApplicationEventPublisher events,
            Clock clock) {
        this.blocks = blocks;
        this.users = users;
        this.miners = miners;
        this.events = events;
        this.clock = clock;
    }

    /** Appends a block with the waiting transactions and pays its miner. */
    @Transactional
    @R3mesCacheInvalidate(tags = "chain")
    public Block append() {
        blocks.lock();
        Block block = next(blocks.newest());
        blocks.insert(block);
        blocks.confirm(block);
        miners.reward(block.miner(), REWARD);
        events.publishEvent(new BlockCreated(block));
        return block;
    }

    /** Accepts a transaction for one of the next blocks. */
    @Transactional
    @R3mesCacheInvalidate(tags = "chain")
    public void record(Transfer transfer) {
        requireUser(transfer.sender());
        requireUser(transfer.recipient());
        blocks.insert(transfer);
        events.publishEvent(new TransactionRecorded(transfer));
    }

    private Block next(Optional<Block> newest) {
        long height = newest.map(Block::height).orElse(0L) + 1;
        String previous = newest.map(Block::hash).orElse("0".repeat(64));
        return new Block(
                height,
                Sha256.hex(previous + height),
                previous,
                blocks.minerOf(height),
                Math.min(blocks.countPending(), LARGEST_BLOCK),
                clock.instant().truncatedTo(ChronoUnit.MICROS));
    }

    private void requireUser(String wallet) {
        if (!users.exists(wallet)) {
            throw NotFoundException.user(wallet);
        }
    }
}
