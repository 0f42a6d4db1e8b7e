package io.r3mes.backend.user;

import io.r3mes.backend.web.NotFoundException;
import io.r3mes.backend.web.Wallet;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Users over HTTP. */
@RestController
@RequestMapping("/api/users/{wallet}")
class UserController {

    private final UserRepository users;
    private final UserService service;

    UserController(UserRepository users, UserService service) {
        this.users = users;
        this.service = service;
    }

    @GetMapping
    UserInfo info(@PathVariable @Wallet String wallet) {
        return users.findInfo(wallet).orElseThrow(() -> NotFoundException.user(wallet));
    }

    @GetMapping("/credits")
    UserCredits credits(@PathVariable @Wallet String wallet) {
        return users.findCredits(wallet).orElseThrow(() -> NotFoundException.user(wallet));
    }

    @PostMapping("/credits/add")
    UserCredits addCredits(@PathVariable @Wallet String wallet, @RequestParam @Positive long amount) {
        return service.addCredits(wallet, amount);
    }

    @PostMapping("/credits/deduct")
    UserCredits deductCredit(@PathVariable @Wallet String wallet, @RequestParam @Positive long amount) {
        return service.deductCredit(wallet, amount);
    }

    @PutMapping
    UserInfo update(@PathVariable @Wallet String wallet, @Valid @RequestBody UserUpdate update) {
        return service.updateUser(wallet, update);
    }

    @PutMapping("/email")
    UserInfo changeEmail(
            @PathVariable @Wallet String wallet, @RequestParam @NotBlank @Email @Size(max = 200) String email) {
        return service.changeEmail(wallet, email);
    }

    @PostMapping("/touch")
    @ResponseStatus(HttpStatus.ACCEPTED)
    void touch(@PathVariable @Wallet String wallet) {
        service.touch(wallet);
    }
}
