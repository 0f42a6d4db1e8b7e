package io.r3mes.backend.miner;

import io.r3mes.backend.web.NotFoundException;
import io.r3mes.backend.web.Wallet;
import jakarta.validation.constraints.PositiveOrZero;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Miners over HTTP. */
@RestController
@RequestMapping("/api/miners/{wallet}")
class MinerController {

    private final MinerRepository miners;
    private final MinerService service;

    MinerController(MinerRepository miners, MinerService service) {
        this.miners = miners;
        this.service = service;
    }

    @GetMapping("/stats")
    MinerStats stats(@PathVariable @Wallet String wallet) {
        return miners.findStats(wallet).orElseThrow(() -> NotFoundException.miner(wallet));
    }

    @GetMapping("/earnings")
    List<Earning> earnings(@PathVariable @Wallet String wallet) {
        return ofMiner(wallet, miners.earnings(wallet));
    }

    @GetMapping("/hashrate")
    List<HashrateSample> hashrate(@PathVariable @Wallet String wallet) {
        return ofMiner(wallet, miners.hashrate(wallet));
    }

    @PostMapping("/register")
    @ResponseStatus(HttpStatus.CREATED)
    void register(@PathVariable @Wallet String wallet) {
        service.registerMiner(wallet);
    }

    @PostMapping("/hashrate")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void reportHashrate(@PathVariable @Wallet String wallet, @RequestParam @PositiveOrZero long value) {
        service.reportHashrate(wallet, value);
    }

    private <T> List<T> ofMiner(String wallet, List<T> history) {
        if (history.isEmpty() && miners.findStats(wallet).isEmpty()) {
            throw NotFoundException.miner(wallet);
        }
        return history;
    }
}
