package io.r3mes.backend.user;

import io.r3mes.backend.web.ConflictException;
import io.r3mes.backend.web.NotFoundException;
import io.r3mes.cache.spring.R3mesCacheInvalidate;
import io.r3mes.cache.spring.R3mesCachePut;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Writes users. Each write updates the database and invalidates after its commit, before it returns; a rollback
 * invalidates nothing.
 */
@Service
public class UserService {

    private final UserRepository users;

    UserService(UserRepository users) {
        this.users = users;
    }

    @Transactional
    @R3mesCacheInvalidate(cache = "user-credits")
    public UserCredits addCredits(String wallet, long amount) {
        return users.changeCredits(wallet, amount).orElseThrow(() -> NotFoundException.user(wallet));
    }

    /**
     * Takes credits from a user.
     *
     * @throws ConflictException if the user has fewer
     */
    @Transactional
    @R3mesCacheInvalidate(cache = "user-credits")
    public UserCredits deductCredit(String wallet, long amount) {
        return users.changeCredits(wallet, -amount).orElseThrow(() -> {
            if (users.exists(wallet)) {
                return new ConflictException("The wallet '" + wallet + "' has fewer than " + amount + " credits.");
            }
            return NotFoundException.user(wallet);
        });
    }

    @Transactional
    @R3mesCacheInvalidate(cache = "user-info")
    public UserInfo updateUser(String wallet, UserUpdate update) {
        return users.update(wallet, update).orElseThrow(() -> NotFoundException.user(wallet));
    }

    /** The next reader of the user hits: the new value is stored in place of the old one. */
    @Transactional
    @R3mesCachePut(cache = "user-info")
    public UserInfo changeEmail(String wallet, String email) {
        return users.updateEmail(wallet, email).orElseThrow(() -> NotFoundException.user(wallet));
    }

    /** Write-behind: a frequent write whose caller does not wait for the invalidation. */
    @Transactional
    @R3mesCacheInvalidate(cache = "user-info", async = true)
    public void touch(String wallet) {
        if (!users.touch(wallet)) {
            throw NotFoundException.user(wallet);
        }
    }
}
