package io.r3mes.backend.login;

import io.r3mes.backend.miner.MinerLoggedIn;
import io.r3mes.backend.miner.MinerRepository;
import io.r3mes.backend.user.UserLoggedIn;
import io.r3mes.backend.user.UserRepository;
import io.r3mes.backend.web.NotFoundException;
import io.r3mes.cache.spring.R3mesCacheInvalidate;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Logs users in. After the commit the user's info and credits are warmed, and the statistics of a miner. */
@Service
public class LoginService {

    private final UserRepository users;
    private final MinerRepository miners;
    private final ApplicationEventPublisher events;

    LoginService(UserRepository users, MinerRepository miners, ApplicationEventPublisher events) {
        this.users = users;
        this.miners = miners;
        this.events = events;
    }

    @Transactional
    @R3mesCacheInvalidate(cache = "user-info")
    public void login(String wallet) {
        if (!users.touch(wallet)) {
            throw NotFoundException.user(wallet);
        }
        events.publishEvent(new UserLoggedIn(wallet));
        if (miners.exists(wallet)) {
            events.publishEvent(new MinerLoggedIn(wallet));
        }
    }
}
