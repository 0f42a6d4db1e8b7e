package io.r3mes.backend.network;

import io.r3mes.backend.block.BlockCreated;
import io.r3mes.backend.web.ReadTrace;
import io.r3mes.cache.spring.R3mesCacheWarm;
import io.r3mes.cache.spring.R3mesCacheable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Figures over the whole database, cached. */
@Repository
public class NetworkRepository {

    private final JdbcClient jdbc;
    private final ReadTrace trace;

    NetworkRepository(JdbcClient jdbc, ReadTrace trace) {
        this.jdbc = jdbc;
        this.trace = trace;
    }

    @R3mesCacheable("network-stats")
    @R3mesCacheWarm(on = BlockCreated.class)
    public NetworkStats stats() {
        trace.missed();
        return jdbc.sql("""
                        select (select coalesce(max(height), 0) from blocks) height,
                               (select count(*) from transactions) transactions,
                               (select count(*) from transactions where height is null) pending,
                               (select count(*) from users) users,
                               (select count(*) from miners) miners,
                               (select coalesce(sum(hashrate), 0) from miners) hashrate
                        """)
                .query((row, number) -> new NetworkStats(
                        row.getLong("height"),
                        row.getLong("transactions"),
                        row.getLong("pending"),
                        row.getLong("users"),
                        row.getLong("miners"),
                        row.getLong("hashrate")))
                .single();
    }
}
