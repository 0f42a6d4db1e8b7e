package io.r3mes.backend.block;

import io.r3mes.backend.web.ReadTrace;
import io.r3mes.cache.spring.R3mesCacheWarm;
import io.r3mes.cache.spring.R3mesCacheable;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The chain in the database; its height and its newest blocks are cached. */
@Repository
public class BlockRepository {

    private static final String COLUMNS = "height, hash, previous_hash, miner, transactions, mined_at";
    private static final int APPEND_LOCK = 1;

    private final JdbcClient jdbc;
    private final ReadTrace trace;

    BlockRepository(JdbcClient jdbc, ReadTrace trace) {
        this.jdbc = jdbc;
        this.trace = trace;
    }

    @R3mesCacheable("block-height")
    public BlockHeight height() {
        trace.missed();
        return jdbc.sql("select coalesce(max(height), 0) from blocks")
                .query((row, number) -> new BlockHeight(row.getLong(1)))
                .single();
    }

    /** The last ten blocks, newest first. */
    @R3mesCacheable("block-recent")
    @R3mesCacheWarm(on = BlockCreated.class)
    public List<Block> recent() {
        trace.missed();
        return jdbc.sql("select " + COLUMNS + " from blocks order by height desc limit 10")
                .query(BlockRepository::block)
                .list();
    }

    /** Lets one transaction at a time append, until it ends. */
    void lock() {
        jdbc.sql("select pg_advisory_xact_lock(:lock)")
                .param("lock", APPEND_LOCK)
                .query(row -> {});
    }

    Optional<Block> newest() {
        return jdbc.sql("select " + COLUMNS + " from blocks order by height desc limit 1")
                .query(BlockRepository::block)
                .optional();
    }

    /** The miners take turns. */
    String minerOf(long height) {
        return jdbc.sql("""
                        select wallet from miners order by registered_at, wallet
                        offset :height % (select count(*) from miners) limit 1
                        """).param("height", height).query(String.class).single();
    }

    int countPending() {
        return jdbc.sql("select count(*) from transactions where height is null")
                .query(Integer.class)
                .single();
    }

    void insert(Block block) {
        jdbc.sql("""
                        insert into blocks (height, hash, previous_hash, miner, transactions, mined_at)
                        values (:height, :hash, :previousHash, :miner, :transactions, :minedAt)
                        """)
                .param("height", block.height())
                .param("hash", block.hash())
                .param("previousHash", block.previousHash())
                .param("miner", block.miner())
                .param("transactions", block.transactions())
                .param("minedAt", block.minedAt().atOffset(ZoneOffset.UTC))
                .update();
    }

    /** Puts the oldest transactions that have no block into this one. */
    void confirm(Block block) {
        jdbc.sql("""
                        update transactions set height = :height where id in
                        (select id from transactions where height is null order by id limit :transactions)
                        """)
                .param("height", block.height())
                .param("transactions", block.transactions())
                .update();
    }

    void insert(Transfer transfer) {
        jdbc.sql("""
                        insert into transactions (sender, recipient, amount, created_at)
                        values (:sender, :recipient, :amount, now())
                        """)
                .param("sender", transfer.sender())
                .param("recipient", transfer.recipient())
                .param("amount", transfer.amount())
                .update();
    }

    private static Block block(ResultSet row, int number) throws SQLException {
        return new Block(
                row.getLong("height"),
                row.getString("hash"),
                row.getString("previous_hash"),
                row.getString("miner"),
                row.getInt("transactions"),
                row.getObject("mined_at", OffsetDateTime.class).toInstant());
    }
}
