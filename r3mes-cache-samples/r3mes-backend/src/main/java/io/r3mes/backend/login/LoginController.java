package io.r3mes.backend.login;

import io.r3mes.backend.web.Wallet;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Login over HTTP. */
@RestController
class LoginController {

    private final LoginService service;

    LoginController(LoginService service) {
        this.service = service;
    }

    @PostMapping("/api/login/{wallet}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void login(@PathVariable @Wallet String wallet) {
        service.login(wallet);
    }
}
