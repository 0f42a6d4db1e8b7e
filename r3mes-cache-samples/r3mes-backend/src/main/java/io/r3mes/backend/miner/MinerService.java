package io.r3mes.backend.miner;

import io.r3mes.backend.user.UserRepository;
import io.r3mes.backend.web.ConflictException;
import io.r3mes.backend.web.NotFoundException;
import io.r3mes.cache.spring.R3mesCacheInvalidate;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Writes miners; whatever changes a miner's statistics invalidates statistics, earnings and hashrate. */
@Service
public class MinerService {

    private final UserRepository users;
    private final MinerRepository miners;
    private final ApplicationEventPublisher events;

    MinerService(UserRepository users, MinerRepository miners, ApplicationEventPublisher events) {
        this.users = users;
        this.miners = miners;
        this.events = events;
    }

    /** Makes a user a miner and warms the new miner's statistics. */
    @Transactional
    @R3mesCacheInvalidate(cache = {"miner-stats", "miner-earnings", "miner-hashrate"})
    public void registerMiner(String wallet) {
        if (!users.exists(wallet)) {
            throw NotFoundException.user(wallet);
        }
        if (!miners.insert(wallet)) {
            throw new ConflictException("The wallet '" + wallet + "' is a miner already.");
        }
        events.publishEvent(new MinerRegistered(wallet));
    }

    @Transactional
    @R3mesCacheInvalidate(cache = {"miner-stats", "miner-earnings", "miner-hashrate"})
    public void reportHashrate(String wallet, long hashrate) {
        if (!miners.report(wallet, hashrate)) {
            throw NotFoundException.miner(wallet);
        }
    }

    /** Pays the miner of a block. */
    @Transactional
    @R3mesCacheInvalidate(cache = {"miner-stats", "miner-earnings", "miner-hashrate"})
    public void reward(String wallet, long amount) {
        miners.reward(wallet, amount);
    }
}
