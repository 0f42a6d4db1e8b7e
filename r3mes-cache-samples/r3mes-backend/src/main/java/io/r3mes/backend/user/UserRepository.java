package io.r3mes.backend.user;

import io.r3mes.backend.web.ReadTrace;
import io.r3mes.cache.spring.R3mesCacheWarm;
import io.r3mes.cache.spring.R3mesCacheable;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Users in the database; reads are cached, and warmed when a user logs in. */
@Repository
public class UserRepository {

    private static final String INFO = "wallet, name, email, member_since, last_seen";

    private final JdbcClient jdbc;
    private final ReadTrace trace;

    UserRepository(JdbcClient jdbc, ReadTrace trace) {
        this.jdbc = jdbc;
        this.trace = trace;
    }

    @R3mesCacheable("user-info")
    @R3mesCacheWarm(on = UserLoggedIn.class, args = "#event.wallet")
    public Optional<UserInfo> findInfo(String wallet) {
        trace.missed();
        return jdbc.sql("select " + INFO + " from users where wallet = :wallet")
                .param("wallet", wallet)
                .query(UserRepository::info)
                .optional();
    }

    @R3mesCacheable("user-credits")
    @R3mesCacheWarm(on = UserLoggedIn.class, args = "#event.wallet")
    public Optional<UserCredits> findCredits(String wallet) {
        trace.missed();
        return jdbc.sql("select wallet, credits from users where wallet = :wallet")
                .param("wallet", wallet)
                .query(UserRepository::credits)
                .optional();
    }

    /** Adds {@code amount}, which may be negative, unless fewer than no credits would be left. */
    Optional<UserCredits> changeCredits(String wallet, long amount) {
        return jdbc.sql("""
                        update users set credits = credits + :amount
                        where wallet = :wallet and credits + :amount >= 0
                        returning wallet, credits
                        """)
                .param("wallet", wallet)
                .param("amount", amount)
                .query(UserRepository::credits)
                .optional();
    }

    Optional<UserInfo> update(String wallet, UserUpdate update) {
        return jdbc.sql("update users set name = :name, email = :email where wallet = :wallet returning " + INFO)
                .param("wallet", wallet)
                .param("name", update.name())
                .param("email", update.email())
                .query(UserRepository::info)
                .optional();
    }

    Optional<UserInfo> updateEmail(String wallet, String email) {
        return jdbc.sql("update users set email = :email where wallet = :wallet returning " + INFO)
                .param("wallet", wallet)
                .param("email", email)
                .query(UserRepository::info)
                .optional();
    }

    /** Records that the user is active now; false if there is no such user. */
    public boolean touch(String wallet) {
        return jdbc.sql("update users set last_seen = now() where wallet = :wallet")
                        .param("wallet", wallet)
                        .update()
                == 1;
    }

    public boolean exists(String wallet) {
        return jdbc.sql("select exists (select 1 from users where wallet = :wallet)")
                .param("wallet", wallet)
                .query(Boolean.class)
                .single();
    }

    private static UserInfo info(ResultSet row, int number) throws SQLException {
        return new UserInfo(
                row.getString("wallet"),
                row.getString("name"),
                row.getString("email"),
                row.getObject("member_since", OffsetDateTime.class).toInstant(),
                instant(row, "last_seen"));
    }

    private static UserCredits credits(ResultSet row, int number) throws SQLException {
        return new UserCredits(row.getString("wallet"), row.getLong("credits"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        @Nullable OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
