package io.r3mes.backend.miner;

import io.r3mes.backend.web.ReadTrace;
import io.r3mes.cache.spring.R3mesCacheWarm;
import io.r3mes.cache.spring.R3mesCacheable;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Miners in the database; reads are cached. */
@Repository
public class MinerRepository {

    private final JdbcClient jdbc;
    private final ReadTrace trace;

    MinerRepository(JdbcClient jdbc, ReadTrace trace) {
        this.jdbc = jdbc;
        this.trace = trace;
    }

    @R3mesCacheable("miner-stats")
    @R3mesCacheWarm(
            on = {MinerRegistered.class, MinerLoggedIn.class},
            args = "#event.wallet")
    public Optional<MinerStats> findStats(String wallet) {
        trace.missed();
        return jdbc.sql("""
                        select wallet, hashrate, accepted_shares, blocks_mined, registered_at,
                               (select coalesce(sum(amount), 0) from miner_earnings e where e.wallet = m.wallet) earned
                        from miners m where wallet = :wallet
                        """)
                .param("wallet", wallet)
                .query(MinerRepository::stats)
                .optional();
    }

    /** The last 50 payments, newest first. */
    @R3mesCacheable("miner-earnings")
    public List<Earning> earnings(String wallet) {
        trace.missed();
        return jdbc.sql("""
                        select amount, reason, earned_at from miner_earnings
                        where wallet = :wallet order by id desc limit 50
                        """)
                .param("wallet", wallet)
                .query((row, number) ->
                        new Earning(row.getLong("amount"), row.getString("reason"), instant(row, "earned_at")))
                .list();
    }

    /** The last 50 reports, newest first. */
    @R3mesCacheable("miner-hashrate")
    public List<HashrateSample> hashrate(String wallet) {
        trace.missed();
        return jdbc.sql("""
                        select hashrate, reported_at from miner_hashrate
                        where wallet = :wallet order by id desc limit 50
                        """)
                .param("wallet", wallet)
                .query((row, number) -> new HashrateSample(row.getLong("hashrate"), instant(row, "reported_at")))
                .list();
    }

    public boolean exists(String wallet) {
        return jdbc.sql("select exists (select 1 from miners where wallet = :wallet)")
                .param("wallet", wallet)
                .query(Boolean.class)
                .single();
    }

    /** False if the wallet is a miner already. */
    boolean insert(String wallet) {
        return jdbc.sql("""
                        insert into miners (wallet, hashrate, accepted_shares, blocks_mined, registered_at)
                        values (:wallet, 0, 0, 0, now()) on conflict do nothing
                        """).param("wallet", wallet).update() == 1;
    }

    /** Records a report and pays one share for it; false if there is no such miner. */
    boolean report(String wallet, long hashrate) {
        int miners = jdbc.sql("""
                        update miners set hashrate = :hashrate, accepted_shares = accepted_shares + 1
                        where wallet = :wallet
                        """)
                .param("wallet", wallet)
                .param("hashrate", hashrate)
                .update();
        if (miners == 0) {
            return false;
        }
        jdbc.sql("insert into miner_hashrate (wallet, hashrate, reported_at) values (:wallet, :hashrate, now())")
                .param("wallet", wallet)
                .param("hashrate", hashrate)
                .update();
        pay(wallet, 1, "share");
        return true;
    }

    /** Counts a mined block and pays its reward. */
    void reward(String wallet, long amount) {
        jdbc.sql("update miners set blocks_mined = blocks_mined + 1 where wallet = :wallet")
                .param("wallet", wallet)
                .update();
        pay(wallet, amount, "block");
    }

    private void pay(String wallet, long amount, String reason) {
        jdbc.sql(
                        "insert into miner_earnings (wallet, amount, reason, earned_at) values (:wallet, :amount, :reason, now())")
                .param("wallet", wallet)
                .param("amount", amount)
                .param("reason", reason)
                .update();
    }

    private static MinerStats stats(ResultSet row, int number) throws SQLException {
        return new MinerStats(
                row.getString("wallet"),
                row.getLong("hashrate"),
                row.getLong("accepted_shares"),
                row.getLong("blocks_mined"),
                row.getLong("earned"),
                instant(row, "registered_at"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
